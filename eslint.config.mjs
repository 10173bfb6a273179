/**
 * ESLint checks one thing here that Biome does not know: the rules of React and of its compiler. Biome does the rest. Babel parses, since
 * ESLint's own parser for TypeScript needs a compiler API that TypeScript 7 does not have.
 */
import parser from '@babel/eslint-parser';
import reactHooks from 'eslint-plugin-react-hooks';

export default [
  {
    files: [
      'packages/react/src/**/*.{ts,tsx}',
      'stories/src/**/*.{ts,tsx}',
      'apps/demo/src/web/**/*.{ts,tsx}',
    ],
    languageOptions: {
      parser,
      parserOptions: {
        requireConfigFile: false,
        babelOptions: { presets: ['@babel/preset-typescript'], parserOpts: { plugins: ['jsx'] } },
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { 'react-hooks': reactHooks },
    rules: reactHooks.configs.flat['recommended-latest'].rules,
  },
  {
    // Tests look at what a hook returned by handing it out.
    files: ['**/*.test.tsx', '**/testSupport/**'],
    rules: { 'react-hooks/immutability': 'off' },
  },
];
