/** The check of walls and cycles, as it is run from the root. */
export const wallsCommand = [
  'node_modules/.bin/biome',
  'lint',
  '--only=suspicious/noImportCycles',
  '--only=style/noRestrictedImports',
  '--max-diagnostics=none',
];
