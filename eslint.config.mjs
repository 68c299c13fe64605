import js from '@eslint/js';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/**', '.cache/**', '.demo/**', 'coverage/**'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
    },
  },
  {
    // Each folder of src sees those below it, and no file sees itself: types count as imports, too.
    files: ['src/**/*.ts'],
    plugins: { 'import-x': importX },
    settings: {
      ...importX.flatConfigs.typescript.settings,
      'import-x/resolver-next': [createTypeScriptImportResolver()],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: Object.entries({
            core: [],
            policy: ['core'],
            'data-plane': ['core'],
            conf: ['core', 'policy'],
            sign: ['core'],
            api: ['core', 'policy'],
            files: ['core', 'policy', 'conf'],
            watch: ['core', 'policy', 'conf', 'files'],
          }).map(([folder, below]) => ({
            target: `./src/${folder}`,
            from: './src',
            except: [folder, ...below].map((name) => `./${name}`),
            message: `src/${folder} may import ${below.join(', ') || 'nothing'} only.`,
          })),
        },
      ],
    },
  },
  {
    // The data plane also runs on the njs engine: no syntax that it lacks, no timer (a pending timer stalls nginx).
    files: ['src/core/**/*.ts', 'src/data-plane/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'setTimeout', 'setInterval', 'URL', 'Buffer', 'process'],
      'no-restricted-syntax': [
        'error',
        { selector: 'ClassDeclaration', message: 'The njs engine has no classes.' },
        { selector: 'ForOfStatement', message: 'The njs engine has no for-of.' },
        { selector: 'ObjectPattern', message: 'The njs engine has no destructuring.' },
        { selector: 'ArrayPattern', message: 'The njs engine has no destructuring.' },
        { selector: 'SpreadElement', message: 'The njs engine has no spread.' },
        { selector: 'AssignmentPattern', message: 'The njs engine has no default arguments.' },
      ],
      '@typescript-eslint/prefer-optional-chain': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
      },
    },
  },
);
