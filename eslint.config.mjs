// Types and promises are checked by typescript-eslint; what must be pure is kept pure by the restrictions below.
import tseslint from 'typescript-eslint';

const impureGlobals = [
  'Date',
  'process',
  'fetch',
  'crypto',
  'performance',
  'setTimeout',
  'setInterval',
  'setImmediate',
];
const impure = {
  'no-restricted-globals': [
    'error',
    ...impureGlobals.map((name) => ({ name, message: 'Pure code gets time, ids and settings with the record.' })),
  ],
  'no-restricted-properties': [
    'error',
    { object: 'Math', property: 'random', message: 'Pure code has no randomness.' },
    { object: 'globalThis', property: 'Date', message: 'Pure code has no clock.' },
  ],
  'no-restricted-syntax': [
    'error',
    { selector: 'AwaitExpression', message: 'Pure code waits for nothing.' },
    { selector: ':function[async=true]', message: 'Pure code waits for nothing.' },
    { selector: "CallExpression[callee.property.name='toLocaleString']", message: 'Pure code knows no locale.' },
    { selector: "CallExpression[callee.property.name='localeCompare']", message: 'Pure code knows no locale.' },
  ],
  'no-restricted-imports': [
    'error',
    { patterns: [{ regex: '^(node:|kafkajs|pg$|typeorm|@nestjs/|pino|rxjs)', message: 'Pure code does no I/O.' }] },
  ],
};

/** What decides, evolves and follows: the folds with all that they are made of. */
const pureFiles = [
  'libs/domain/src/**/*.ts',
  'apps/copy-engine/src/*.ts',
  'apps/position-sizer/src/*.ts',
  'apps/order-gateway/src/{fold,lane,state,place-orders,record-reports}.ts',
];
const shellFiles = ['apps/*/src/{main,app.module,config}.ts'];

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '.cache/', '.nx/', '.slipstream/', 'test-results/', '**/generated/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },
  {
    // Tools run as they are: Node strips types, and has no parameter properties.
    files: ['tools/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'TSParameterProperty', message: 'Node runs this file as it is: declare the field, assign it.' },
      ],
    },
  },
  { files: pureFiles, ignores: [...shellFiles, '**/*.spec.ts'], rules: impure },
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', '@typescript-eslint/unbound-method': 'off' },
  },
);
