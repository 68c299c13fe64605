// docs/openapi.json: a valid document, current with the policy's schema and with the API's own routes and error codes.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { explainUrl } from '../../../src/api/explain-url';
import { policyFromRequestAuth } from '../../../src/api/request-auth';
import { findRoute } from '../../../src/api/route';
import { parsePolicy } from '../../../src/policy/policy';

const root = path.resolve(__dirname, '../../..');
const file = path.join(root, 'docs/openapi.json');
const text = readFileSync(file, 'utf8');

interface Media {
  schema: { $ref: string };
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Response {
  $ref?: string;
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, Media>;
}
interface Operation {
  operationId: string;
  summary: string;
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Response>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Response>; schemas: Record<string, object> };
}
const document = JSON.parse(text) as Document;

const METHODS = ['get', 'head', 'put', 'post', 'delete', 'patch', 'options'];
const operations = Object.entries(document.paths).flatMap(([place, item]) =>
  Object.entries(item)
    .filter(([method]) => METHODS.includes(method))
    .map(([method, operation]) => [`${method.toUpperCase()} ${place}`, place, method, operation] as const),
);

const ajv = new Ajv2020({ strict: false });
ajv.addFormat('uuid', /^[0-9a-f-]{36}$/);
ajv.addSchema(document, 'openapi.json');
function faults(schema: { $ref: string }, value: unknown): unknown {
  const validate = ajv.getSchema(`openapi.json${schema.$ref}`)!;
  return validate(value) ? [] : validate.errors;
}

function run(...args: string[]): string {
  return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe', cwd: root });
}

test('it is a valid document of OpenAPI 3.1', () => {
  const validator = 'node_modules/@seriousme/openapi-schema-validator/bin/validate-api-cli.js';
  expect(JSON.parse(run(validator, file))).toEqual({ valid: true });
}, 30_000);

test('its policy is the policy of src/policy/policy.schema.json', () => {
  expect(run('scripts/openapi.mjs', '--check')).toBe('');
}, 30_000);

test('each operation has a name of its own and a summary', () => {
  const names = operations.map(([, , , { operationId }]) => operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const [, , , operation] of operations) expect(operation.summary).toMatch(/\w{2}/);
});

describe.each(Object.keys(document.paths))('%s', (place) => {
  const target =
    place.replace('{domain}', 'www.example.com') + (place.startsWith('/v2') ? '?requestAuth' : '');
  const described = METHODS.filter((method) => document.paths[place]![method]);
  const allowed = described.map((method) => method.toUpperCase());

  test.each(METHODS)('%s is described if and only if the API has it', (method) => {
    const found = findRoute(method.toUpperCase(), target);
    if (described.includes(method)) expect(found).toHaveProperty('route');
    else expect(found).toMatchObject({ refused: { status: 405 } });
  });

  test('Allow lists what is described', () => {
    const { refused } = findRoute('PATCH', target) as { refused: { headers: Record<string, string> } };
    expect(refused.headers['Allow']!.split(', ').sort()).toEqual(allowed.sort());
  });
});

const answers = [
  ...operations.flatMap(([name, , , { responses }]) =>
    Object.entries(responses).map(([status, response]) => [`${status} of ${name}`, response] as const),
  ),
  ...Object.entries(document.components.responses),
].filter(([, response]) => response.$ref === undefined);

test.each(answers)('%s has the headers of every answer, and its example fits', (name, response) => {
  expect(Object.keys(response.headers!)).toEqual(
    expect.arrayContaining(['x-bce-request-id', 'Cache-Control', 'X-Content-Type-Options']),
  );
  const media = response.content?.['application/json; charset=utf-8'];
  expect(media === undefined).toBe(/^304|HEAD|Head$/.test(name));
  if (media?.example !== undefined) expect(faults(media.schema, media.example)).toEqual([]);
});

test('HEAD has the statuses of GET', () => {
  for (const { get, head } of Object.values(document.paths).filter(({ head }) => head)) {
    expect(Object.keys(head!.responses)).toEqual(Object.keys(get!.responses));
  }
});

describe('the examples of bodies fit the schema and the code', () => {
  const examples = operations.flatMap(([, , , { operationId, requestBody }]) =>
    Object.entries(requestBody?.content ?? {}).flatMap(([, media]) =>
      Object.entries(media.examples!).map(
        ([name, { value }]) => [`${operationId}: ${name}`, operationId, media.schema, value] as const,
      ),
    ),
  );
  test.each(examples)('%s', (_name, operation, schema, value) => {
    expect(faults(schema, value)).toEqual([]);
    const policy = parsePolicy('{"url_signing":{"type":"A","key1":"aliyuncdnexp1234"}}', 'a.json').policy!;
    if (operation === 'putPolicy') {
      expect(parsePolicy(JSON.stringify(value), 'www.example.com.json').issues).toEqual([]);
    } else if (operation === 'putRequestAuth') {
      expect(policyFromRequestAuth({}, value)).toHaveProperty('policy');
    } else {
      expect(explainUrl(policy, policy.urlSigning!.keys, value, 0)).toMatchObject({ decision: 'allow' });
    }
  });
});

test('every error code of the code is in the document and in docs/api.md', () => {
  const folder = path.join(root, 'src/api');
  const sources = readdirSync(folder).map((name) => readFileSync(path.join(folder, name), 'utf8'));
  sources.push(readFileSync(path.join(root, 'nginx/api/api.conf'), 'utf8'));
  const codes = sources.flatMap((source) =>
    [
      ...source.matchAll(/refusal\(\s*\d{3},\s*'(\w+)'/g),
      ...source.matchAll(/problemsFound\('(\w+)'/g),
      ...source.matchAll(/"code":"(\w+)"/g),
    ].map(([, code]) => code!),
  );
  expect(codes.length).toBeGreaterThan(15);
  const page = readFileSync(path.join(root, 'docs/api.md'), 'utf8');
  for (const code of new Set(codes)) {
    expect(text).toContain(code);
    expect(page).toContain(`\`${code}\``);
  }
});

test('the package ships it', () => {
  const { files } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { files: string[] };
  expect(files).toContain('docs/openapi.json');
});
