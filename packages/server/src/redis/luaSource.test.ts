import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadLua, withoutUnused } from './luaSource.ts';

const folders = ['locks/registry', 'tasks/store', 'subscribers'].map(
  (room) => new URL(`../${room}/lua/`, import.meta.url),
);
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.lua'))
    .map((name) => new URL(name, folder)),
);

describe('the text of a script', () => {
  it('the text of a script keeps functions that it uses, even through another function or recursion', () => {
    const source = `-- Adds.
local function add(a, b) return a + b end

local function twice(x)
  if x == 0 then return 0 end
  return add(x, x)
end
return twice(2)
`;
    expect(withoutUnused(source)).toBe(source.replace('-- Adds.\n', ''));
  });

  it('the text of a script leaves out unused functions, even if they call themselves or a comment names them', () => {
    const source = `local ping
local function pong(n)
  -- To ping again.
  return n > 0 and ping(n - 1)
end

function ping(n) return pong(n) end
local function unused() return 1 end
-- Neither ping nor unused.
return 'x'
`;
    expect(withoutUnused(source)).toBe("\nreturn 'x'\n");
  });

  it('the text of a script keeps a declaration whose function may be absent', () => {
    const source = `local onceDone, onceFailed
local another
if onceDone then onceDone() end
return another
`;
    expect(withoutUnused(source)).toBe(source);
  });

  it.each(files.map((file) => [file.pathname.split('/src/')[1]!, file] as const))(
    'the text of %s has no include left, and no function that is mentioned only once',
    (_name, file) => {
      const text = loadLua(file);
      expect(text).not.toContain('@include');
      const names = [...text.matchAll(/^(?:local )?function (\w+)/gm)].map(([, name]) => name!);
      const once = names.filter((name) => text.match(new RegExp(`\\b${name}\\b`, 'g'))!.length < 2);
      expect(once).toEqual([]);
    },
  );
});
