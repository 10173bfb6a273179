// Runs before each test file: what the server reads of its scripts is read with one mistake in it. The files stay as
// they are. Node's own `readFileSync` is replaced, since that is what redis/scripts.ts reads them by.
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
