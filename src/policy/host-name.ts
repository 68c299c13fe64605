import type { Report } from './issue';
import { describe } from './issue';

const LABEL = '[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const HOST_NAME = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);

/** DNS labels of 1-63 letters, digits, `-` and `_`, 253 characters in all; no wildcard, no final dot. */
export function isHostName(text: string): boolean {
  return text.length <= 253 && HOST_NAME.test(text);
}

/** The domain of `policies/<domain>.json`, in lower case. It ends up in a server's conf and in a file name. */
export function parseDomain(file: string, report: Report): string | undefined {
  const base = file.slice(file.lastIndexOf('/') + 1);
  const domain = base.replace(/\.json$/, '');
  if (domain !== base && isHostName(domain)) return domain.toLowerCase();
  report('', 'a file named <domain>.json, the domain being a host name without a wildcard', describe(base));
  return undefined;
}
