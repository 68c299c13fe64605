/** Fills the templates of nginx/: plain nginx conf with `${EDGE_AUTH_NAME}` and nothing else, as envsubst would. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type TemplateValues = Record<string, string>;

/**
 * Replaces each `${EDGE_AUTH_…}` by its value; a line that held only an empty value goes. Throws for a name without a value,
 * so that a template and the code that fills it cannot drift apart.
 */
export function fillTemplate(template: string, values: TemplateValues, name: string): string {
  const filled = template.replace(
    /^([ \t]*)\$\{(EDGE_AUTH_[A-Z_]+)\}[ \t]*\n|\$\{(EDGE_AUTH_[A-Z_]+)\}/gm,
    (_all, indent, line, word) => {
      const key = (line ?? word) as string;
      const value = values[key];
      if (value === undefined)
        throw new Error(`template ${name}: expected a value for ${key}, received none`);
      if (line === undefined) return value;
      return value === '' ? '' : value.trimEnd().replace(/^(?=.)/gm, indent as string) + '\n';
    },
  );
  return filled.replace(/\n{3,}/g, '\n\n');
}

/** Fills the template of this name. */
export type Fill = (name: string, values: TemplateValues) => string;

/** Reads templates from one folder, each once. */
export function openTemplates(folder: string): Fill {
  const read = new Map<string, string>();
  return (name, values) => {
    const text = read.get(name) ?? readFileSync(join(folder, name), 'utf8');
    read.set(name, text);
    return fillTemplate(text, values, name);
  };
}
