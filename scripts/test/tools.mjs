import { readdirSync } from 'node:fs';
import { root } from '../lib/paths.mjs';

const isMarkdown = (file) => file.endsWith('.md');
const isVisible = (folder) => !folder.startsWith('.') && folder !== 'node_modules';

/** The checks of `hygiene` that a program makes: a name, the program with its arguments, and what else to know. */
export const hygieneTools = [
  {
    name: 'nothing is unused: files, exports, dependencies',
    command: ['knip', '--no-progress'],
    advice:
      'Delete what is unused, or the word "export" where only the file itself uses it. ' +
      'Name a file that a program starts by its path as an entry in knip.jsonc.',
  },
  {
    name: 'the OpenAPI document follows the rules of Redocly',
    command: ['redocly', 'lint', 'packages/server/api/openapi.json', '--config', 'scripts/test/redocly.yaml'],
    advice:
      'The document is made from packages/server/src/http/routes. Correct it there, then run `npx pnpm api-report`.',
  },
  {
    name: 'links in Markdown lead somewhere',
    // By itself remark skips folders that begin with a dot.
    command: ['remark', '--frail', '--quiet', '--no-stdout', ...markdownPaths()],
    advice:
      'Correct the path or the anchor. An anchor is the heading in lower case, with hyphens for spaces.',
  },
];

/** The checks of `build`, of packages that are built: a name, the script with its arguments, and what else to know. */
export const builtChecks = [
  {
    name: 'types resolve from each entry point',
    script: ['scripts/packages/checkTypes.mjs'],
    advice:
      'are-the-types-wrong explains each kind of problem. Correct `exports` or `files` in package.json.',
  },
  {
    name: 'bundles keep to their budgets',
    script: ['scripts/packages/checkSizes.mjs'],
    advice:
      'Find the import that made it larger. If it is worth its size, set a new budget in ' +
      'scripts/packages/sizeBudgets.mjs and say why in the commit.',
  },
  {
    name: 'reports of the public API are up to date',
    script: ['scripts/packages/apiReport.mjs', '--check'],
  },
];

function markdownPaths() {
  const entries = readdirSync(root, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() ? isVisible(entry.name) : isMarkdown(entry.name)))
    .map(({ name }) => name);
  return [...entries, '.changeset', '.github'];
}
