/** Speaking names for the maps of a render: a word for what a map says, and a short digest only where two would clash. */

import { digestOf } from './text';

export class Names {
  private readonly taken = new Map<string, string>();

  /** `hint`: a word of letters, digits and `_`, from which the name is made. `text`: what it stands for; the same text has the same name. */
  nameOf(hint: string, text: string): string {
    const name = hint.replace(/[^A-Za-z0-9]+/g, '_').slice(0, 40);
    const holder = this.taken.get(name);
    if (holder === undefined || holder === text) {
      this.taken.set(name, text);
      return name;
    }
    return `${name}_${digestOf(text).slice(0, 6)}`;
  }
}
