/**
 * ESLint checks one thing here that Biome does not know: the rules of React and of its compiler. Biome does the rest. Babel parses, since
 * ESLint's own parser for TypeScript needs a compiler API that TypeScript 7 does not have.
 */
import parser from '@babel/eslint-parser';
import reactHooks from 'eslint-plugin-react-hooks';

const FOLDERS = ['packages/react/src', 'stories/src', 'apps/demo/src/web'];

/** Only files named `.tsx` contain JSX: in others, `<T>` begins a type parameter. */
const rulesOf = (extension, parserPlugins) => ({
  files: FOLDERS.map((folder) => `${folder}/**/*.${extension}`),
  languageOptions: {
    parser,
    parserOptions: {
      requireConfigFile: false,
      babelOptions: { presets: ['@babel/preset-typescript'], parserOpts: { plugins: parserPlugins } },
    },
  },
  linterOptions: { reportUnusedDisableDirectives: 'error' },
  plugins: { 'react-hooks': reactHooks },
  rules: reactHooks.configs.flat['recommended-latest'].rules,
});

export default [
  rulesOf('ts', []),
  rulesOf('tsx', ['jsx']),
  {
    // Tests look at what a hook returned by handing it out.
    files: ['**/*.test.tsx', '**/testSupport/**'],
    rules: { 'react-hooks/immutability': 'off' },
  },
];
