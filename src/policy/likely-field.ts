import { nearest } from './nearest';
import schema from './policy.schema.json';

interface Branch {
  $ref?: string;
  properties?: Record<string, Branch>;
}

/**
 * What an unknown field at `place` was meant to be: a pointer, where one of that name stands elsewhere (`timeout_ms` at the top
 * is meant for /remote_auth), else the nearest of the `known` names beside it.
 */
export function likelyField(name: string, place: string, known: readonly string[]): string | undefined {
  const section = place.split('/')[1] ?? '';
  const properties = schema.properties as Record<string, Branch>;
  const own = Object.hasOwn(properties, section)
    ? homeOf(name, properties[section]!, '/' + section)
    : undefined;
  // `timeout` under remote_auth is rather its timeout_ms than the one of url_signing.
  const isPart = known.some((field) => field.startsWith(name + '_'));
  return own ?? (isPart ? undefined : homeOf(name, schema as Branch, '')) ?? nearest(name, known);
}

function homeOf(name: string, node: Branch, pointer: string): string | undefined {
  const target =
    node.$ref === undefined ? node : (schema.$defs as Record<string, Branch>)[node.$ref.slice(8)];
  for (const [key, child] of Object.entries(target?.properties ?? {})) {
    const place = `${pointer}/${key}`;
    if (key === name) return place;
    const below = homeOf(name, child, place);
    if (below !== undefined) return below;
  }
  return undefined;
}
