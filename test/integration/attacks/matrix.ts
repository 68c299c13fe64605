import { runtimes, type Runtime } from '../harness/runtimes';

export interface EdgeKind {
  name: string;
  runtime: Runtime;
  wiring: 'hop' | 'inline';
}

/** Every runtime in both wirings: an attack that fails on one may pass on another. */
export const edgeKinds: EdgeKind[] = runtimes.flatMap((runtime) =>
  (['hop', 'inline'] as const).map((wiring) => ({ name: `${runtime.name}, ${wiring}`, runtime, wiring })),
);
