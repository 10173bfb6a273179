// Run in a package's folder after tsc: puts the Lua scripts of src beside the compiled files that read them.

import { cpSync, globSync } from 'node:fs';

for (const file of globSync('src/**/*.lua')) cpSync(file, file.replace(/^src/, 'dist'));
