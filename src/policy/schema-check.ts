import type { DefinedError } from 'ajv/dist/2020.js';
import type { Report } from './issue';
import { describe, MAX_ISSUES, pointerTo } from './issue';
import { likelyField } from './likely-field';
import schema from './policy.schema.json';
import validate from './schema-validate';
import { describeKey, holdsJson, withoutKeys } from './signing-keys';

/** Characters: no key has its name and a policy around it in so few. */
const MAX_SHOWN_WHOLE = 20;

interface SchemaNode {
  'x-expected'?: string;
  'x-secret'?: boolean;
  properties?: Record<string, SchemaNode>;
}

/** Reports what the schema refuses, once a place, and returns the faulty places: all of them, or more than MAX_ISSUES. */
export function checkSchema(value: unknown, report: Report): Set<string> {
  const faulty = new Set<string>();
  if (validate(value)) return faulty;
  const once: Report = (pointer, expected, received) => {
    if (!faulty.has(pointer)) report(pointer, expected, received);
    faulty.add(pointer);
  };
  const errors = validate.errors as DefinedError[];
  // An unknown field in failure_action is not also "too many fields".
  const withUnknown = new Set(
    errors.filter((e) => e.keyword === 'additionalProperties').map((e) => e.instancePath),
  );
  for (const error of errors) {
    const isCount = error.keyword === 'maxProperties' || error.keyword === 'minProperties';
    if (!(isCount && withUnknown.has(error.instancePath))) reportError(error, once);
    if (faulty.size > MAX_ISSUES) break;
  }
  return faulty;
}

function reportError(error: DefinedError, report: Report): void {
  const place = error.instancePath;
  const parent = error.parentSchema as SchemaNode;
  // `if` repeats what its `then` says; an error with a propertyName is said again by `propertyNames`.
  if ((error.keyword as string) === 'if' || error.propertyName !== undefined) return;
  // Each branch of `anyOf` says what it misses; together they are one issue.
  if (error.schemaPath.includes('/anyOf/')) return;
  if (error.keyword === 'additionalProperties') {
    const name = error.params.additionalProperty;
    const meant = likelyField(name, place, Object.keys(parent.properties ?? {}));
    report(place + pointerTo(name), `a known field (did you mean "${meant}"?)`, describe(name));
  } else if (error.keyword === 'anyOf') {
    report(place, expectedBy(parent), 'neither');
  } else if (error.keyword === 'propertyNames') {
    const name = error.params.propertyName;
    report(place + pointerTo(name), expectedBy(error.schema), describe(name));
  } else if (error.keyword === 'required' || error.keyword === 'dependentRequired') {
    const name = error.params.missingProperty;
    const beside = error.keyword === 'required' ? '' : ` beside ${error.params.property}`;
    report(place + pointerTo(name), expectedBy(parent.properties?.[name]) + beside, 'nothing');
  } else {
    // What stands in the place of the whole policy may be one, in a list or encoded twice, and then with its keys.
    const isPolicy = place === '' && JSON.stringify(error.data).length > MAX_SHOWN_WHOLE;
    const isSecret = parent['x-secret'] === true || isPolicy || holdsJson(error.data);
    report(place, expectedBy(parent), isSecret ? describeKey(error.data) : describe(withoutKeys(error.data)));
  }
}

function expectedBy(node: unknown): string {
  const target = node as SchemaNode & { $ref?: string };
  const name = target.$ref?.replace('#/$defs/', '');
  const defined = name === undefined ? target : (schema.$defs as Record<string, SchemaNode>)[name];
  return defined?.['x-expected'] ?? 'another value';
}
