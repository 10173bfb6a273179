import { writeFileSync } from 'node:fs';
import { biomeWalls } from './biomeConfig.mjs';

writeFileSync(new URL('../../biome.walls.jsonc', import.meta.url), biomeWalls());
