import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALL_COMMANDS, LOCK_COMMANDS, QUEUE_COMMANDS, TASK_COMMANDS } from './needs.ts';

const src = fileURLToPath(new URL('..', import.meta.url));
const IN_LUA = /\bredis\.p?call\('([A-Z]+)'/g;
const IN_SOURCE = /\b(?:redis|pipeline|subscriber)\s*\.([a-z]+)\(/g;
const IN_BULLMQ = /\b(?:rcall|redis\.p?call)\(\s*['"]([A-Za-z]+)['"]/g;
/** Commands of ioredis itself, and methods whose subcommands are in the lists. */
const NO_COMMANDS = new Set('CALL CONNECT DISCONNECT DUPLICATE EXEC OFF ON PIPELINE'.split(' '));
const BY_SUBCOMMAND: Record<string, string> = { SCRIPT: 'SCRIPT|LOAD' };

function commandsIn(folder: string, pattern: string, call: RegExp): string[] {
  const files = globSync(join(folder, pattern)).filter((file) => !file.includes('.test.'));
  expect(files.length, `files like ${pattern}`).toBeGreaterThan(0);
  const names = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(call)].map(([, name]) => name!),
  );
  return [...new Set(names.map((name) => name.toUpperCase()))]
    .filter((name) => !NO_COMMANDS.has(name))
    .map((name) => BY_SUBCOMMAND[name] ?? name);
}

const missingFrom = (list: readonly string[], names: readonly string[]) =>
  names.filter((name) => !list.includes(name));

describe('the list of needed commands', () => {
  const own = ['{locks,changeLog,redis}/**', '**'].map((rooms) => [
    ...commandsIn(src, `${rooms}/*.lua`, IN_LUA),
    ...commandsIn(src, `${rooms}/*.ts`, IN_SOURCE),
  ]);
  const [locks, all] = own as [string[], string[]];

  it('the list of commands for locks names every command of their scripts and sources', () => {
    expect(missingFrom(LOCK_COMMANDS, locks)).toEqual([]);
  });

  it('the list of all commands names every command of this package', () => {
    expect(missingFrom(ALL_COMMANDS, all)).toEqual([]);
  });

  it('the list of all commands names every command of the scripts of BullMQ', () => {
    const bullmq = dirname(dirname(fileURLToPath(import.meta.resolve('bullmq'))));
    expect(missingFrom(ALL_COMMANDS, commandsIn(bullmq, '**/scripts/*.js', IN_BULLMQ))).toEqual([]);
  });

  it('the lists of commands name no unused command, and none twice', () => {
    expect(missingFrom(all, [...LOCK_COMMANDS, ...TASK_COMMANDS])).toEqual([]);
    expect(new Set(ALL_COMMANDS).size).toBe(ALL_COMMANDS.length);
    expect(QUEUE_COMMANDS).not.toContain('');
  });
});
