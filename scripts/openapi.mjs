// Puts the policy's schema into docs/openapi.json, so that the document needs no other file. With --check it writes nothing and exits 1 if
// the document is stale.
import { readFile, writeFile } from 'node:fs/promises';
import prettier from 'prettier';

const root = new URL('../', import.meta.url);
const file = new URL('docs/openapi.json', root);
const AT = '#/components/schemas/Policy';

/** A schema that stands inside another document: its own references lead there. */
function inlined(schema) {
  const { $schema, $id, ...rest } = JSON.parse(schema.replaceAll('"$ref": "#/', `"$ref": "${AT}/`));
  if ($schema === undefined || $id === undefined)
    throw new Error('openapi: expected a schema with $schema and $id');
  return rest;
}

const current = await readFile(file, 'utf8');
const document = JSON.parse(current);
document.components.schemas.Policy = inlined(
  await readFile(new URL('src/policy/policy.schema.json', root), 'utf8'),
);
const options = await prettier.resolveConfig(file.pathname);
const wanted = await prettier.format(JSON.stringify(document, null, 2), {
  ...options,
  filepath: file.pathname,
});
if (current !== wanted && process.argv.includes('--check')) {
  console.error('docs/openapi.json is stale: run npm run generate');
  process.exitCode = 1;
} else if (current !== wanted) {
  await writeFile(file, wanted);
  console.log('wrote docs/openapi.json');
}
