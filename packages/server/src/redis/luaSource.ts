/**
 * Builds a Lua script from files beside the code.
 *
 * A line `-- @include path/name.lua` is replaced by that file (relative to the including file), once in each script.
 * Only functions that the script can reach are kept. Redis creates all functions of a script again at each call, and
 * in a small script that took as long as its commands.
 */
import { readFileSync } from 'node:fs';

const INCLUDE = /^-- @include (\S+)$/gm;
const COMMENT_LINES = /^[ \t]*--.*\n/gm;
/** A function at the left margin: `local function f(…) … end`, on one line or up to an `end` at the margin. */
const FUNCTION = /^(?:local )?function (\w+)\((?:.* end$|[\s\S]*?^end$)\n?/gm;
/** A name whose function follows further down. */
const DECLARATION = /^local (\w+)\n/gm;
const WORD = /[A-Za-z_]\w*/g;

/** A process with many namespaces builds each script once. */
const loaded = new Map<string, string>();

export function loadLua(file: URL): string {
  const known = loaded.get(file.href);
  if (known !== undefined) return known;
  const source = withoutUnused(resolveIncludes(file, new Set()));
  loaded.set(file.href, source);
  return source;
}

function resolveIncludes(file: URL, seen: Set<string>): string {
  const source = readFileSync(file, 'utf8');
  return source.replace(INCLUDE, (_line, path: string) => {
    const included = new URL(path, file);
    if (seen.has(included.href)) return '';
    seen.add(included.href);
    return resolveIncludes(included, seen);
  });
}

/** Removes comments, and functions that the script's own statements cannot reach. */
export function withoutUnused(source: string): string {
  const code = source.replace(COMMENT_LINES, '');
  const functions = new Map<string, string>();
  for (const [text, name] of code.matchAll(FUNCTION)) functions.set(name!, text);
  const used = new Set<string>();
  const open = [code.replace(FUNCTION, '').replace(DECLARATION, '')];
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    for (const [word] of text.matchAll(WORD)) {
      const body = functions.get(word);
      if (body === undefined || used.has(word)) continue;
      used.add(word);
      open.push(body);
    }
  }
  const isUnused = (name: string) => functions.has(name) && !used.has(name);
  return code
    .replace(FUNCTION, (text, name: string) => (isUnused(name) ? '' : text))
    .replace(DECLARATION, (text, name: string) => (isUnused(name) ? '' : text));
}
