/** Copies a package's stylesheets from `src` to `dist` beside the compiled files. Run in the package's folder, after `tsc`. */
import { cp, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const names = await readdir('src', { recursive: true });
const sheets = names.filter((name) => name.endsWith('.css'));
for (const name of sheets) await cp(join('src', name), join('dist', name));
console.log(`copied ${sheets.length} stylesheets to dist`);
