// What the build leaves for nginx. With the njs engine each definition and byte costs CPU on every request, and njs 0.7.9 lacks most of ES2015.
import { parseSync, traverse, type types } from '@babel/core';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { distFolder, ensureBuilt } from './run-cli';

describe.each([{ name: 'edge_auth', imports: ['crypto', 'fs'], kilobytes: 26 }])(
  '$name.js',
  ({ name, imports, kilobytes }) => {
    let code: string;
    let program: types.File;
    const seen = new Map<string, number>();

    beforeAll(async () => {
      await ensureBuilt();
      code = readFileSync(join(distFolder, `nginx/${name}.js`), 'utf8');
      program = parseSync(code, { babelrc: false, configFile: false, sourceType: 'module' })!;
      traverse(program, {
        enter({ node }) {
          seen.set(node.type, (seen.get(node.type) ?? 0) + 1);
          if (node.type === 'Identifier') seen.set(`name ${node.name}`, 1);
        },
      });
    }, 60_000);

    test('ends in a literal default export', () => {
      expect(code).toMatch(/\nexport default [A-Za-z_]\w*;\n$/);
    });

    test('is read by the test: it has functions and calls', () => {
      expect(seen.get('FunctionDeclaration')).toBeGreaterThan(5);
      expect(seen.get('CallExpression')).toBeGreaterThan(5);
    });

    test.each([
      'ImportExpression',
      'ExportNamedDeclaration',
      'OptionalMemberExpression',
      'OptionalCallExpression',
      'ClassDeclaration',
      'ClassExpression',
      'ObjectPattern',
      'ArrayPattern',
      'AssignmentPattern',
      'RestElement',
      'SpreadElement',
      'ForOfStatement',
      'YieldExpression',
      'BigIntLiteral',
      'AwaitExpression',
    ])('holds no %s', (type) => {
      expect(seen.get(type) ?? 0).toBe(0);
    });

    test.each([
      'setTimeout',
      'setInterval',
      'clearTimeout',
      'Promise',
      'Map',
      'Set',
      'URL',
      'process',
      'require',
      'eval',
      'subrequest',
      'fetch',
    ])('does not mention %s', (name) => {
      expect(seen.has(`name ${name}`)).toBe(false);
    });

    test('uses no operator that njs 0.7.9 may lack', () => {
      traverse(program, {
        LogicalExpression({ node }) {
          expect(node.operator).not.toBe('??');
        },
        AssignmentExpression({ node }) {
          expect(['??=', '||=', '&&=']).not.toContain(node.operator);
        },
        RegExpLiteral({ node }) {
          expect(node.pattern).not.toMatch(/\(\?<|\\p\{/);
          expect(node.flags).not.toMatch(/[^gim]/);
        },
      });
    });

    test(`imports ${imports.join(' and ')} of njs and nothing else`, () => {
      const imported = program.program.body.flatMap((node) =>
        node.type === 'ImportDeclaration' ? [node.source.value] : [],
      );
      expect(imported).toEqual(imports);
    });

    test('has the guard and the filters of an answer at the top, and all else in one function', () => {
      const count = program.program.body.reduce(
        (sum, node) => sum + (node.type === 'VariableDeclaration' ? node.declarations.length : 1),
        0,
      );
      expect(count).toBeLessThan(16);
      expect(count).toBeGreaterThan(5);
    });

    test(`is smaller than ${kilobytes} KB`, () => {
      expect(Buffer.byteLength(code)).toBeLessThan(kilobytes * 1024);
    });
  },
);
