import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { plugin as aitrader } from './tools/eslint/plugin.ts';
import { PURE_LAYERS } from './tools/layers.ts';

const TESTS = ['**/*.test.{ts,tsx}', 'test/**', 'src/testkit/**'];

const COMMON_JS = ['__dirname', '__filename', 'require', 'module'];
const AMBIENT = [
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'performance', 'crypto', 'process'],
  ...['globalThis', 'global', 'navigator', 'Intl', 'fetch', 'WebSocket'],
].map((name) => ({ name, message: 'Time, chance and surroundings come through a port.' }));

export default defineConfig(
  { ignores: ['dist/', 'coverage/', '.tools/', '.cache/', 'filters/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { aitrader },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': 'off', // tsc reports them
      '@typescript-eslint/require-await': 'off', // ports promise, and some adapters need not wait
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      'max-lines': ['error', { max: 350 }],
      eqeqeq: 'error',
      'aitrader/kebab-case-files': 'error',
      'aitrader/import-with-extension': 'error',
      'aitrader/named-exports': 'error',
    },
  },

  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: TESTS,
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', ...COMMON_JS],
      'aitrader/packable-layout': 'error',
      'aitrader/env-only-in-config': 'error',
    },
  },
  { files: ['src/config/**'], rules: { 'aitrader/env-only-in-config': 'off' } },
  { files: ['src/modes/assets.ts'], rules: { 'aitrader/packable-layout': 'off' } },
  {
    files: PURE_LAYERS.map((layer) => `src/${layer}/**`),
    ignores: TESTS,
    rules: { 'no-restricted-globals': ['error', ...COMMON_JS, ...AMBIENT], 'aitrader/no-ambient': 'error' },
  },

  {
    files: TESTS,
    rules: {
      'max-lines-per-function': 'off',
      'max-lines': 'off',
      '@typescript-eslint/max-params': 'off', // the rows of it.each come as positional parameters
      'aitrader/no-focused-tests': 'error',
    },
  },
  { files: ['*.config.ts'], rules: { 'aitrader/named-exports': 'off' } },
);
