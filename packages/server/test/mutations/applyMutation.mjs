// Runs before each test file, and puts one mistake into a script while the server reads it. The files stay unchanged. It
// replaces Node's own `readFileSync`, with which the server reads its scripts.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { chooseMutations, mutate } from './mutations.mjs';

const name = process.env.ROWLOCK_MUTATION;
const [mutation] = name ? chooseMutations([name]) : [];
const { readFileSync } = fs;

if (mutation) {
  fs.readFileSync = (path, ...options) => {
    const content = readFileSync(path, ...options);
    const isMeant = path instanceof URL && path.pathname.endsWith(`/src/locks/registry/lua/${mutation.file}`);
    return isMeant ? mutate(content, mutation) : content;
  };
  syncBuiltinESMExports();
}
