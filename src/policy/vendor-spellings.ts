import type { Report } from './issue';
import { pointerTo } from './issue';
import schema from './policy.schema.json';
import { isObject } from './vendor-forms';

/**
 * Fields of `url_signing` may stand under the names that the vendors' APIs give them, so that an exported
 * configuration can be pasted. They take our names and values before the schema looks at them.
 */
export interface Respelled {
  value: unknown;
  /** Our pointer to the one in the file. */
  spelled: Map<string, string>;
}

const AT = '/url_signing';

const NAMES = new Map(
  Object.entries(schema.properties.url_signing.properties).flatMap(([name, field]) =>
    'x-spellings' in field
      ? Object.values(field['x-spellings'])
          .flat()
          .map((spelling) => [spelling, name] as const)
      : [],
  ),
);

/** Values that a vendor writes otherwise than we do; what is not listed here goes to the schema as it is. */
const VALUES: Record<string, (value: unknown) => unknown> = {
  // Alibaba's API has strings only.
  ali_auth_delta: (value) =>
    typeof value === 'string' && /^(?:0|[1-9][0-9]{0,8})$/.test(value) ? Number(value) : value,
  auth_type: (value) =>
    typeof value === 'string' && /^type_[abcdf]$/.test(value) ? value.slice(-1).toUpperCase() : value,
  timestampMetric: (value) =>
    value === 10 || value === '10' ? 'dec' : value === 16 || value === '16' ? 'hex' : value,
  delAuthKey: (value) => (typeof value === 'boolean' ? !value : value),
};

export function respellVendorFields(value: unknown, report: Report): Respelled {
  const spelled = new Map<string, string>();
  if (!isObject(value) || !isObject(value['url_signing'])) return { value, spelled };
  const fields = new Map<string, unknown>();
  const written = new Map<string, string>();
  for (const [spelling, given] of Object.entries(value['url_signing'])) {
    const name = NAMES.get(spelling) ?? spelling;
    const other = written.get(name);
    if (other !== undefined) {
      report(AT + pointerTo(spelling), `"${other}" or "${spelling}", which are one field`, 'both');
      continue;
    }
    written.set(name, spelling);
    const convert = Object.hasOwn(VALUES, spelling) ? VALUES[spelling] : undefined;
    fields.set(name, convert ? convert(given) : given);
    if (name !== spelling) spelled.set(AT + pointerTo(name), AT + pointerTo(spelling));
  }
  return { value: { ...value, url_signing: Object.fromEntries(fields) }, spelled };
}
