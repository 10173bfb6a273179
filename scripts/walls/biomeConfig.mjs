import { walls } from './walls.mjs';

/** The text of biome.walls.jsonc: one override of Biome's configuration a line. */
export function biomeWalls() {
  const overrides = walls.map(({ files, refused }) => JSON.stringify(override(files, refused)));
  return [
    '// Written by `node scripts/walls/write.mjs` from scripts/walls/walls.mjs. Change it there.',
    `{ "overrides": [\n${overrides.join(',\n')}\n] }\n`,
  ].join('\n');
}

function override(includes, refused) {
  const options = { patterns: refused.map(({ message, group }) => ({ group, message })) };
  return { includes, linter: { rules: { style: { noRestrictedImports: { level: 'error', options } } } } };
}
