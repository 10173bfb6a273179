import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callsOf, plainString } from './luaCalls.mjs';

/** The entries that the Lua scripts append to the change log: `{ kind: [field, …] }`, in the order of the stream. */
export function readLogWriters(folder) {
  const kinds = {};
  for (const path of globSync('**/*.lua', { cwd: folder }).sort()) {
    for (const { kind, fields } of appendsIn(readFileSync(join(folder, path), 'utf8'))) {
      kinds[kind] = [...new Set([...(kinds[kind] ?? []), ...fields])];
    }
  }
  return kinds;
}

/** Each call `append('kind', K, 'field', value, …)` of a script. */
export function appendsIn(text) {
  return callsOf('append', text).map(([, kind, ...rest]) => {
    const names = rest.filter((_, i) => i % 2 === 0);
    const computed = [kind, ...names].find((name) => plainString(name) === undefined);
    if (computed !== undefined)
      throw new Error(`append() has a name that is not a plain string: ${computed}`);
    return { kind: plainString(kind), fields: names.map(plainString) };
  });
}
