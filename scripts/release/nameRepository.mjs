// Writes the address of the repository into the manifests that are about to be published, which provenance needs:
//
//   node scripts/release/nameRepository.mjs https://host/owner/name
//
// The workflow that publishes runs it on its own copy; the result is not committed.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { publishedPackages } from '../packages/publishedPackages.mjs';
import { withRepository } from './withRepository.mjs';

const [address] = process.argv.slice(2);
if (!address?.startsWith('https://')) {
  console.error('Which repository? Give its address: node scripts/release/nameRepository.mjs https://…');
  process.exit(1);
}
for (const name of publishedPackages) {
  const directory = `packages/${name}`;
  const file = join(root, directory, 'package.json');
  const manifest = withRepository(JSON.parse(readFileSync(file, 'utf8')), { address, directory });
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
