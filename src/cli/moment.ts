import { InvalidArgumentError } from 'commander';
import { momentForm, readMoment } from '../core/explain/moment';

/** `--at`, in unix seconds. */
export function parseMoment(value: string): number {
  const time = readMoment(value);
  if (Number.isNaN(time)) throw new InvalidArgumentError(`expected ${momentForm}`);
  return time;
}

export function currentSecond(): number {
  return Math.floor(Date.now() / 1000);
}
