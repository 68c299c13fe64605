import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import schema from '../../../src/policy/policy.schema.json';
import { accept, issuesOf } from './reading';

interface Field {
  $ref?: string;
  title?: string;
  description?: string;
  type?: string | string[];
  examples?: unknown[];
  properties?: Record<string, Field>;
  'x-expected'?: string;
  additionalProperties?: unknown;
}

function walk(node: Field, path: string): [string, Field][] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const field =
      child.$ref === undefined ? child : (schema.$defs as Record<string, Field>)[child.$ref.slice(8)]!;
    const here = path === '' ? name : `${path}.${name}`;
    return [[here, field] as [string, Field], ...walk(field, here)];
  });
}

const fields = walk(schema, '');

test('types and option table are current with the schema', () => {
  const script = resolve(__dirname, '../../../scripts/generate.mjs');
  expect(execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8', stdio: 'pipe' })).toBe('');
}, 30_000);

test.each(fields)(
  '%s has a title, a description, a type, examples and words for what is expected',
  (path, field) => {
    expect(field).toMatchObject({
      title: expect.any(String) as string,
      description: expect.stringMatching(/.{10,}/) as string,
      'x-expected': expect.stringMatching(/.{5,}/) as string,
    });
    expect(field.type).toBeDefined();
    if (path.includes('.') || field.properties === undefined)
      expect(field.examples?.length).toBeGreaterThan(0);
  },
);

test.each(fields.filter(([, field]) => field.properties !== undefined))(
  '%s allows no unknown field',
  (_path, field) => {
    expect(field.additionalProperties).toBe(false);
  },
);

const under = fields.filter(([path]) => path.split('.').length === 2);
const examples = under.flatMap(([path, field]) =>
  (field.examples ?? []).map((value) => [...(path.split('.') as [string, string]), value] as const),
);

/** A section in which the example stands beside what it needs. */
function around(section: string, name: string, value: unknown): object {
  if (section === 'remote_auth') {
    const headers = name === 'cache' ? { keep_headers: ['Authorization'] } : {};
    return { auth_server: 'https://auth.example.com', ...headers, [name]: value };
  }
  const key = name === 'key_file' ? {} : { key1: 'a-primary-key' };
  return { type: name === 'time_arg' ? 'D' : 'A', ...key, [name]: value };
}

test.each(examples)('the example of %s.%s is accepted: %j', (section, name, value) => {
  expect(issuesOf(JSON.stringify({ [section]: around(section, name, value) }))).toEqual([]);
});

test('the published schema itself lets the pasted forms through', () => {
  const ajv = new Ajv2020({ strict: false });
  const validate = ajv.compile(schema);
  for (const [section, name, value] of examples) {
    const policy = { [section]: around(section, name, value) };
    expect([name, validate(policy), validate.errors]).toEqual([name, true, null]);
  }
  expect(validate({ remote_auth: { auth_server: 'ftp://x' } })).toBe(false);
  expect(validate({ remote_auth: { auth_server: 'http://x', preset: 'alibaba', timeout_ms: 3001 } })).toBe(
    false,
  );
});

test.each(['tencent', 'alibaba'])(
  'the defaults of preset %s stand the same checks when written out',
  (preset) => {
    const written = schema.properties.remote_auth['x-presets'][preset as 'tencent'];
    expect(accept({ ...written, scope: {} }).timeoutAction).toBe(accept({ preset, scope: {} }).timeoutAction);
  },
);
