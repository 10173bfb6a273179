// `pnpm protocol-tables`: writes the generated parts of PROTOCOL.md again, from the schemas, types and scripts.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/paths.mjs';
import { withSections } from './protocolTables/markdown.mjs';
import { protocolSections } from './protocolTables/sections.mjs';

const path = join(root, 'PROTOCOL.md');
const page = readFileSync(path, 'utf8');
const written = withSections(page, protocolSections());
if (written !== page) writeFileSync(path, written);
console.log(written === page ? 'PROTOCOL.md is up to date.' : 'PROTOCOL.md is written again.');
