/**
 * The program `rowlock`, command by command. The file is long because all commands share the same setup.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type StartedProcess, startProcess, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { gatedTask, newNamespace, startRig } from '../../test/fixtures/rig.ts';
import { createLockRegistry } from '../locks/registry/registry.ts';
import { runCli } from './program.ts';

const ann = { id: 'ann', name: 'Ann' };
const MAIN = new URL('./main.ts', import.meta.url).pathname;

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

interface Ended {
  code: number | null;
  /** stdout and stderr together */
  output: string;
}

/** The program as it is started, in a process of its own. */
async function rowlockProcess(args: string[], env: Record<string, string | undefined> = {}): Promise<Ended> {
  const run: StartedProcess = await startProcess({
    command: process.execPath,
    args: ['--conditions=@rowlock/source', MAIN, ...args],
    env: { REDIS_URL: undefined, ROWLOCK_NAMESPACE: undefined, ...env },
  });
  const { code } = await run.exited;
  return { code, output: run.output() };
}

/** Runs the program in this process, which is faster. It has no terminal to ask for a confirmation. */
async function rowlock(...args: string[]): Promise<Ended> {
  const lines: string[] = [];
  const note = (line: string) => void lines.push(`${line}\n`);
  const code = await runCli(args, { print: note, say: note, progress: note, confirm: async () => undefined });
  return { code, output: lines.join('') };
}

const at = (namespace: string) => ['--redis', server.url, '--namespace', namespace];

async function openNamespace({ onTestFinished }: Pick<TestContext, 'onTestFinished'>) {
  const namespace = newNamespace();
  const gated = gatedTask();
  const rig = await startRig(server, { namespace, tasks: [gated.task] });
  onTestFinished(() => rig.close());
  const { locks, tasks } = rig.rowlock;
  return {
    ...rig,
    gated,
    namespace,
    locks,
    run: (...args: string[]) => rowlock(...args, ...at(namespace)),
    launch: async (...ids: string[]) =>
      (await tasks.launch(gated.task, { ids, gate: ids.join() }, { actor: ann })).task,
    edit: (record: `${string}/${string}`, label = 'Edit a city') =>
      locks.acquire({ holder: { type: 'person', id: 'tab-1', label, actor: ann }, records: [record] }),
  };
}

/** The JSON among what was said beside it. */
const jsonIn = (output: string) =>
  JSON.parse(output.slice(output.search(/^[[{]/m), output.search(/[\]}]\n[^\]}]*$/) + 1));

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
    const { code, output } = await rowlock('locks', '--redis', `${server.url}/99`, '--namespace', 'x');
    expect(output).toContain('This Redis has no database 99');
    expect(code).toBe(1);
  });

  it('rowlock warns about a namespace that may be mistyped', async () => {
    const { code, output } = await rowlock('tasks', ...at('shpo'));
    expect(output).toContain('The namespace "shpo" of this Redis is empty');
    expect(code).toBe(0);
  });
});

describe('rowlock locks', () => {
  it('rowlock locks shows who holds what since when, as a table and as JSON', async (test) => {
    const { run, edit, launch, namespace } = await openNamespace(test);
    const lease = await edit('cities/1', 'Edit Paris');
    const task = await launch('2', '3');
    const { code, output } = await run('locks');
    expect(code).toBe(0);
    expect(output).toMatch(/^LEASE +HOLDER +OF +SINCE +AGE +MODE +RECORDS +HEARTBEAT\n/);
    expect(output).toMatch(
      new RegExp(`${lease.id} +person "Edit Paris" +Ann +20.*Z +\\d+ s +exclusive +1 +\\d+`),
    );
    const env = { REDIS_URL: server.url, ROWLOCK_NAMESPACE: namespace };
    const json = jsonIn((await rowlockProcess(['locks', '--json'], env)).output);
    expect(json).toMatchObject([
      { id: lease.id, holder: { type: 'person', label: 'Edit Paris' }, recordCount: 1, isWaiting: false },
      { id: task.leaseId, holder: { type: 'task', id: task.id }, recordCount: 2, heartbeat: 0 },
    ]);
  });

  it('rowlock locks filters by holder, user, resource and record, and also shows the waiters for a record', async (test) => {
    const { run, edit, launch, locks } = await openNamespace(test);
    const lease = await edit('cities/1');
    const task = await launch('2');
    const ids = async (...args: string[]) =>
      (jsonIn((await run('locks', '--json', ...args)).output) as { id: string }[]).map(({ id }) => id);
    expect(await ids('--holder', task.id)).toEqual([task.leaseId]);
    expect(await ids('--holder', 'edit A')).toEqual([lease.id]);
    expect(await ids('--actor', 'bo')).toEqual([]);
    expect(await ids('--resource', 'regions')).toEqual([]);
    expect(await ids('--resource', 'cities', '--limit', '1')).toEqual([lease.id]);
    const bo = { type: 'person', id: 'tab-2', label: 'Edit', actor: { id: 'bo', name: 'Bo' } } as const;
    const stop = new AbortController();
    const waiting = locks.acquire({
      holder: bo,
      records: ['cities/1'],
      onConflict: 'wait',
      signal: stop.signal,
    });
    await until(async () => (await ids('--record', 'cities/1')).length === 2);
    stop.abort();
    await waiting.catch(() => {});
    expect(await run('locks', '--record', 'cities')).toMatchObject({ code: 2 });
  });

  it('rowlock locks removes terminal control characters from labels', async (test) => {
    const { run, edit } = await openNamespace(test);
    await edit('cities/1', 'Evil \u001b]0;title\u0007');
    expect((await run('locks')).output).not.toContain('\u001b');
  });
});

describe('rowlock tasks', () => {
  it('rowlock tasks shows the requested tasks with state and progress', async (test) => {
    const { run, launch, rowlock: server, gated } = await openNamespace(test);
    const queued = await launch('1');
    expect((await run('tasks')).output).toMatch(
      new RegExp(`${queued.id} +gated +queued.* +Ann +\\d+ s +1 +0 +Gated · 1`),
    );
    await server.startWorker();
    await until(async () => (await server.tasks.get(queued.id))?.state === 'completed');
    const gate = gated.gate('2');
    const running = await launch('2');
    await gate.started;
    const ids = async (...args: string[]) =>
      (jsonIn((await run('tasks', '--json', ...args)).output) as { id: string }[]).map(({ id }) => id);
    expect(await ids()).toEqual([running.id, queued.id]);
    expect(await ids('--state', 'running', 'queued')).toEqual([running.id]);
    expect(await ids('--name', 'other')).toEqual([]);
    expect(await ids('--text', queued.id.slice(0, 8))).toEqual([queued.id]);
    expect(await ids('--limit', '1')).toEqual([running.id]);
    gate.finish();
  });
});

describe('rowlock release', () => {
  it('rowlock release ends nothing without a confirmation, and names the holder', async (test) => {
    const { run, edit, locks } = await openNamespace(test);
    const lease = await edit('cities/1', 'Edit Paris');
    const { code, output } = await run('release', lease.id);
    expect(output).toContain('"Edit Paris"');
    expect(output).toContain('Confirm with --yes');
    expect(code).toBe(4);
    expect(await locks.registry.isInForce(lease.id)).toBe(true);
  });

  it('rowlock release ends a lease by its id, and records in the audit trail who did it and why', async (test) => {
    const { run, edit, locks } = await openNamespace(test);
    const lease = await edit('cities/1');
    const { code, output } = await run('release', lease.id, '--yes', '--reason', 'left for the day');
    expect(output).toContain(`Ended lease ${lease.id} of "Edit a city".`);
    expect(code).toBe(0);
    const name = userInfo().username;
    expect(await locks.audit.listByRecord('cities/1')).toMatchObject([
      {
        what: 'released',
        reason: 'taken over',
        by: { id: `cli:${name}`, name: `${name}, by rowlock release` },
        why: 'left for the day',
      },
      { what: 'acquired' },
    ]);
    await until(() => lease.signal.aborted, { what: 'the holder to be notified', timeoutMs: 10_000 });
  }, 30_000);

  it("rowlock release ends a task's lease by a record: the task is notified, and ends", async (test) => {
    const { run, launch, gated, rowlock: server } = await openNamespace(test);
    await server.startWorker();
    const gate = gated.gate('1,2');
    const task = await launch('1', '2');
    const signal = await gate.started;
    const { code, output } = await run('release', 'cities/2', '--yes', '--reason', 'in the way');
    expect(output).toContain('all of its 2 records are freed');
    expect(output).toContain(`The task ${task.id} is notified, stops, and ends as failed`);
    expect(code).toBe(0);
    await until(() => signal.aborted, { what: 'the run to be notified', timeoutMs: 10_000 });
    await until(async () => (await server.tasks.get(task.id))?.state === 'failed', { timeoutMs: 15_000 });
    expect(await server.tasks.get(task.id)).toMatchObject({
      error: `Its locks were taken away by ${userInfo().username}, by rowlock release: in the way`,
    });
  }, 40_000);

  it('rowlock release exits with 1 if nobody holds the target, and with 2 if the target is malformed', async (test) => {
    const { run, edit } = await openNamespace(test);
    await edit('cities/2');
    expect(await run('release', 'cities/1', '--yes')).toEqual({
      code: 1,
      output: 'Nobody holds cities/1. Nothing was ended. Run "rowlock locks" to list the locks.\n',
    });
    expect(await run('release', '7', '--yes')).toMatchObject({ code: 1 });
    expect(await run('release', 'seven', '--yes')).toMatchObject({ code: 2 });
  });

  it("rowlock release waits for the application's own beforeRevoke, and ends nothing if that throws", async (test) => {
    const { run, edit, locks } = await openNamespace(test);
    const lease = await edit('cities/1');
    const folder = await mkdtemp(join(tmpdir(), 'rowlock-cli-'));
    test.onTestFinished(() => rm(folder, { recursive: true }));
    const module = join(folder, 'beforeRevoke.mjs');
    await writeFile(module, 'export default () => { throw new Error("the database is away"); };');
    const refused = await run('release', lease.id, '--yes', '--before-revoke', module);
    expect(refused).toMatchObject({
      code: 1,
      output: expect.stringContaining('It failed: the database is away'),
    });
    expect(await locks.registry.isInForce(lease.id)).toBe(true);
    expect(await run('release', lease.id, '--yes', '--before-revoke', './none.mjs')).toMatchObject({
      code: 2,
    });
  });
});

describe.concurrent('rowlock reconcile', () => {
  it('rowlock reconcile changes nothing if all holders live', async (test) => {
    const { run, launch } = await openNamespace(test);
    await launch('1');
    expect(await run('reconcile')).toMatchObject({ code: 0 });
  }, 40_000);

  /** A launcher that crashed at once. No other process serves this namespace. */
  async function leaveLease({ onTestFinished }: TestContext) {
    const redis = new Redis(server.url);
    onTestFinished(() => redis.disconnect());
    const namespace = newNamespace();
    const registry = createLockRegistry({ redis, namespace });
    const holder = { type: 'task', id: 'never-written', label: 'Never written', actor: ann } as const;
    const { id } = await registry.acquire({ holder, records: ['cities/1'], expiry: 'supervised' });
    return { id, registry, run: (...args: string[]) => rowlock(...args, ...at(namespace)) };
  }

  it('P8: rowlock reconcile settles the leases of a crashed holder, and says what it waits for and what it did', async (test) => {
    const { id, run, registry } = await leaveLease(test);
    const { code, output } = await run('reconcile', '--json');
    expect(output).toMatch(
      new RegExp(`waiting: lease ${id}: it has been seen without a heartbeat for \\d s of 10 s`),
    );
    expect(jsonIn(output)).toEqual({
      outcomes: [
        {
          subject: 'lease',
          id,
          action: 'expired',
          reason: 'its task never-written was never stored, or is gone',
        },
      ],
      unconfirmed: [],
    });
    expect(code).toBe(0);
    expect(await registry.isInForce(id)).toBe(false);
  }, 60_000);

  it('rowlock reconcile says in words what it has done', async (test) => {
    const { id, run } = await leaveLease(test);
    const { output } = await run('reconcile');
    expect(output).toContain(`lease ${id}: expired, because its task never-written was never stored`);
  }, 60_000);

  it('rowlock reconcile exits with 4 if it cannot confirm in time that a holder is gone', async (test) => {
    const { id, run, registry } = await leaveLease(test);
    const { code, output } = await run('reconcile', '--timeout', '4');
    expect(output).toContain(`Not confirmed: lease ${id}: it has been seen without a heartbeat`);
    expect(code).toBe(4);
    expect(await registry.isInForce(id)).toBe(true);
  }, 40_000);
});
