// docs/openapi.json as the judge of answers.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ClientReply } from '../../harness/client';
import { repositoryRoot } from '../../harness/runtimes';

interface Header {
  required?: boolean;
  schema: object;
}
interface Response {
  headers: Record<string, Header | Reference>;
  content?: Record<string, { schema: object }>;
}
interface Reference {
  $ref: string;
}
export interface Operation {
  operationId: string;
  responses: Record<string, Response | Reference>;
  requestBody?: {
    content: Record<string, { examples: Record<string, { summary: string; value: unknown }> }>;
  };
}

const file = path.join(repositoryRoot, 'docs/openapi.json');
const document = JSON.parse(readFileSync(file, 'utf8')) as {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, Response> };
};
const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('uuid', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
ajv.addSchema(document, 'openapi');

export const operations = new Map(
  Object.values(document.paths)
    .flatMap((item) => Object.values(item))
    .filter((operation) => typeof operation === 'object' && 'operationId' in operation)
    .map((operation) => [operation.operationId, operation]),
);

function isReference(value: object): value is Reference {
  return '$ref' in value;
}

function resolve<T extends object>(value: T | Reference): T {
  if (!isReference(value)) return value;
  const steps = value.$ref.slice(2).split('/');
  return steps.reduce<unknown>((node, step) => (node as Record<string, unknown>)[step], document) as T;
}

/** References of a schema lead into the document. */
function faultsOf(schema: object, value: unknown): unknown[] {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"openapi#/');
  const validate = ajv.compile(JSON.parse(text) as object);
  return validate(value) ? [] : [...validate.errors!];
}

/** What the answer has that the document does not say, or the other way round. `name`: of an operation, or of a response. */
export function deviations(name: string, reply: ClientReply, isHead = false): unknown[] {
  const operation = operations.get(name);
  const described = operation
    ? (operation.responses[reply.status] ?? operation.responses['default'])
    : document.components.responses[name];
  if (described === undefined) return [`status ${reply.status} is not in the document`];
  const { headers, content } = resolve<Response>(described);
  const faults = Object.entries(headers).flatMap(([header, told]) => {
    const value = reply.headers[header.toLowerCase()];
    const { required, schema } = resolve<Header>(told);
    if (value === undefined) return required ? [`no header ${header}`] : [];
    return faultsOf(schema, value);
  });
  for (const header of ['access-control-allow-origin', 'server-timing', 'x-powered-by']) {
    if (reply.headers[header] !== undefined) faults.push(`a header ${header}`);
  }
  const [type, media] = Object.entries(content ?? {})[0] ?? [];
  if (media === undefined) return reply.body === '' ? faults : [...faults, 'a body'];
  if (reply.headers['content-type'] !== type)
    faults.push(`Content-Type ${String(reply.headers['content-type'])}`);
  if (isHead) return reply.body === '' ? faults : [...faults, 'a body'];
  const value = parsed(reply.body);
  return [...faults, ...faultsOf(media.schema, value)];
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
