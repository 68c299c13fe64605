/** How a measured figure compares with its budget. */

/** The engine of a runtime, as the budget names it. njs-0.7 is that of nginx 1.22. */
export type EngineName = 'njs' | 'qjs' | 'njs-0.7';

/** One number is for all engines, times their factor. */
export type Limit = number | Partial<Record<EngineName, number>>;

/** What JavaScript costs differs by so much from run to run. */
const knownFactor = 1.01;

export interface Budget {
  /** The heading of its table. */
  unit: string;
  /** Behind the point. */
  digits: number;
  /** By how much two runs differ. */
  tolerance: number;
  factor?: Partial<Record<EngineName, number>>;
  /**
   * A path without `must` is printed only. `known`: what a path reaches that misses its `must`, so that it gets no worse; it is no
   * excuse for a path that is within.
   */
  paths: Record<string, { must?: Limit; aim?: Limit; known?: Limit }>;
}

/** `path` is the budget's name of it. */
export interface Figure {
  path: string;
  value: number;
}

export interface Judged extends Figure {
  must?: number | undefined;
  aim?: number | undefined;
  /** Above `must`. */
  isMissed: boolean;
  /** Missed, and by more than is known. */
  isAbove: boolean;
}

/** Throws where the budget has no such path. A figure that is no number is above any limit. */
export function judge({ paths, tolerance, factor }: Budget, engine: EngineName, figures: Figure[]): Judged[] {
  const limitOf = (limit?: Limit): number | undefined =>
    typeof limit === 'number' ? limit * (factor?.[engine] ?? 1) : limit?.[engine];
  return figures.map(({ path, value }) => {
    const row = paths[path];
    if (!row) throw new Error(`expected a path of the budget, received "${path}"`);
    const must = limitOf(row.must);
    const known = limitOf(row.known);
    return {
      path,
      value,
      must,
      aim: limitOf(row.aim),
      isMissed: must !== undefined && !(value <= must + tolerance),
      isAbove: must !== undefined && !(value <= Math.max(must, (known ?? 0) * knownFactor) + tolerance),
    };
  });
}
