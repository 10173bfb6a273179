import { describe, expect, it } from 'vitest';
import { rowlock, rowlockProcess, useCli } from '../../test/fixtures/cliFixture.ts';

const { server, at } = useCli();

describe('rowlock', () => {
  it('rowlock lists its commands, and each command explains its options and exit codes', async () => {
    const { code, output } = await rowlockProcess(['--help']);
    expect(code).toBe(0);
    for (const command of ['locks', 'tasks', 'release', 'reconcile']) {
      expect(output).toContain(command);
      const help = await rowlock(command, '--help');
      expect(help).toMatchObject({ code: 0, output: expect.stringContaining('Exit codes:') });
      expect(help.output).toContain('REDIS_URL');
    }
  });

  it.each([
    [[], 'Usage: rowlock'],
    [['lock'], "unknown command 'lock'"],
    [['locks', '--redis', 'redis://127.0.0.1:1'], "Give the application's namespace, by --namespace"],
    [['locks'], "Give the address of Redis, by --redis <url> or REDIS_URL; and the application's namespace"],
    [['locks', '--redis', 'redis://127.0.0.1:1/zero', '--namespace', 'x'], 'the number of a database'],
    [['locks', '--redis', 'http://127.0.0.1', '--namespace', 'x'], 'Begin it with redis://'],
    [['locks', '--redis', 'redis://127.0.0.1:1', '--namespace', 'a b'], 'namespace "a b" is malformed'],
    [
      ['tasks', '--state', 'done', '--redis', 'redis://127.0.0.1:1', '--namespace', 'x'],
      'Allowed choices are',
    ],
    [
      ['locks', '--limit', '0', '--redis', 'redis://127.0.0.1:1', '--namespace', 'x'],
      'a whole number from 1',
    ],
  ])('rowlock exits with 2 for the wrong usage %j', async (args, words) => {
    const { code, output } = await rowlock(...args);
    expect(output).toContain(words);
    expect(code).toBe(2);
  });

  it('rowlock exits with 3 and one sentence if Redis cannot be reached', async () => {
    const { code, output } = await rowlockProcess([
      'locks',
      '--redis',
      'redis://127.0.0.1:1',
      '--namespace',
      'x',
    ]);
    expect(output).toMatch(/^Redis cannot be reached \(.*ECONNREFUSED.*\)\..*\n$/);
    expect(code).toBe(3);
  });

  it('rowlock does not use another database if the database of that number does not exist', async () => {
    const { code, output } = await rowlock('locks', '--redis', `${server().url}/99`, '--namespace', 'x');
    expect(output).toContain('This Redis has no database 99');
    expect(code).toBe(1);
  });

  it('rowlock warns about a namespace that may be mistyped', async () => {
    const { code, output } = await rowlock('tasks', ...at('shpo'));
    expect(output).toContain('The namespace "shpo" of this Redis is empty');
    expect(code).toBe(0);
  });
});
