/** Speaking names for the maps of a render: a word for what a map says, and a digest only where two would clash. */

import { digestOf } from './text';

export class Names {
  /** Each name that was given, with what it stands for. */
  private readonly taken = new Map<string, string>();

  /**
   * `hint`: a word from which the name is made. `text`: what it stands for; the same text has the same name. (!) nginx takes variables
   * for one whose names differ in case only, and of two maps of one name it reads the last without a word.
   */
  nameOf(hint: string, text: string): string {
    const word = hint
      .replace(/[^A-Za-z0-9]+/g, '_')
      .slice(0, 40)
      .toLowerCase();
    const digest = digestOf(text);
    for (const name of [word, `${word}_${digest.slice(0, 6)}`, `${word}_${digest}`]) {
      const holder = this.taken.get(name);
      if (holder !== undefined && holder !== text) continue;
      this.taken.set(name, text);
      return name;
    }
    throw new Error(`expected no two maps with the digest ${digest} behind "${word}", received two`);
  }
}

/** Throws where conf defines a variable by two maps. */
export function assertOneMapEach(httpConf: string): void {
  const seen = new Set<string>();
  for (const [, name = ''] of httpConf.matchAll(/^map .*\$(\w+) \{/gm)) {
    const key = name.toLowerCase();
    if (seen.has(key)) throw new Error(`expected one map of $${name} in http.conf, received two`);
    seen.add(key);
  }
}
