import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Gate, gatedTask, newNamespace, type Rig, startRig } from '../../test/fixtures/rig.ts';
import { keysOf } from '../redis/keys.ts';
import type { Subscribers, TaskEvent } from './subscriber.ts';

const ann = { id: 'ann', name: 'Ann' };

let server: TestRedis;
let redis: Redis;
const rigs: Rig[] = [];
beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});
afterEach(async () => {
  await Promise.all(rigs.splice(0).map((rig) => rig.close()));
});

/** All events that a subscriber has received, in the order of the calls. */
function listener() {
  const events: TaskEvent[] = [];
  return {
    events,
    onTask: (event: TaskEvent) => void events.push(event),
    kinds: (taskId: string) => events.filter((event) => event.taskId === taskId).map(({ kind }) => kind),
    steps: (taskId: string) =>
      events.filter((event) => event.taskId === taskId && event.kind !== 'progress').map(({ kind }) => kind),
  };
}

const gated = (attempts = 1) => gatedTask('gated', attempts);
async function rigWith(subscribers: Subscribers, { task, gate } = gated(), namespace = newNamespace()) {
  const rig = await startRig(server, { tasks: [task], subscribers, namespace });
  rigs.push(rig);
  const launch = async (id: string, gateName = 'open') =>
    (await rig.rowlock.tasks.launch(task, { ids: [id], gate: gateName }, { actor: ann })).task.id;
  return { ...rig, task, gate: gate as (name: string) => Gate, namespace, launch };
}

describe('a subscriber', () => {
  it('a subscriber receives the events of a task in order, with the present task, even if it ends before launch returns', async () => {
    const heard = listener();
    const { rowlock, launch } = await rigWith({ table: heard });
    await rowlock.startWorker();
    const taskIds = await Promise.all(['1', '2', '3', '4', '5'].map((id) => launch(id)));
    await until(() => taskIds.every((id) => heard.steps(id).at(-1) === 'cleaned'), { what: 'the ends' });
    for (const id of taskIds) {
      expect(heard.steps(id)).toEqual(['created', 'started', 'completed', 'cleaned']);
    }
    const [created] = heard.events;
    expect(created).toMatchObject({ task: { label: 'Gated · 1', actor: ann }, version: 1 });
    expect(Math.abs(created!.at - Date.now())).toBeLessThan(60_000);
    const positions = heard.events.filter(({ kind }) => kind !== 'progress').map(({ position }) => position);
    expect(positions).toEqual(
      [...positions].sort((a, b) => Number(a.split('-')[0]) - Number(b.split('-')[0])),
    );
  });

  it('a subscriber learns why a task was retried, was cancelled and failed', async () => {
    const heard = listener();
    const { rowlock, launch, gate } = await rigWith({ table: heard }, gated(2));
    await rowlock.startWorker();
    const [first, second, third] = [gate('a'), gate('a'), gate('b')];
    const failing = await launch('1', 'a');
    await first.started;
    first.finish(new Error('Flaky'));
    await second.started;
    second.finish(new Error('Broken'));
    const cancelled = await launch('2', 'b');
    await third.started;
    await rowlock.tasks.cancel(cancelled, { actor: ann });
    await until(
      () => heard.steps(failing).at(-1) === 'cleaned' && heard.steps(cancelled).at(-1) === 'cleaned',
    );
    expect(heard.steps(failing)).toEqual(['created', 'started', 'retrying', 'started', 'failed', 'cleaned']);
    expect(heard.steps(cancelled)).toEqual(['created', 'started', 'cancelled', 'cleaned']);
    expect(heard.events.find(({ kind }) => kind === 'failed')?.task?.error).toBe('Broken');
    expect(heard.events.find(({ kind }) => kind === 'cleaned')?.reason).toBe('ended');
  });

  it('a subscriber learns that a new task waits for its records, and that it is queued when it has them', async () => {
    const heard = listener();
    const { rowlock, task, launch } = await rigWith({ table: heard });
    const first = await launch('1');
    const second = await rowlock.tasks.launch(
      task,
      { ids: ['1'], gate: 'open' },
      { actor: ann, onConflict: 'wait' },
    );
    await until(() => heard.steps(second.task.id).length === 1);
    expect(heard.events.find(({ taskId }) => taskId === second.task.id)?.task?.state).toBe('waiting');
    await rowlock.startWorker();
    await until(() => heard.steps(second.task.id).at(-1) === 'cleaned', {
      what: 'the end',
      timeoutMs: 10_000,
    });
    expect(heard.steps(first)).toEqual(['created', 'started', 'completed', 'cleaned']);
    expect(heard.steps(second.task.id)).toEqual(['created', 'queued', 'started', 'completed', 'cleaned']);
  });

  it('a subscriber receives progress while a task runs, never before its start or after its end', async () => {
    const heard = listener();
    const { rowlock, launch, gate } = await rigWith({ table: heard });
    await rowlock.startWorker();
    const open = gate('a');
    const taskId = await launch('1', 'a');
    await open.started;
    await until(() => heard.kinds(taskId).includes('progress'), { what: 'progress' });
    expect(heard.events.find(({ kind }) => kind === 'progress')?.task?.progress.done).toBe(1);
    open.finish();
    await until(() => heard.kinds(taskId).includes('cleaned'));
    const kinds = heard.kinds(taskId);
    expect(kinds.indexOf('progress')).toBeGreaterThan(kinds.indexOf('started'));
    expect(kinds.lastIndexOf('progress')).toBeLessThan(kinds.indexOf('completed'));
  });

  it('a subscriber with onLease receives the events of leases', async () => {
    const kinds: string[] = [];
    const { rowlock } = await rigWith({ leases: { onLease: ({ kind }) => void kinds.push(kind) } });
    const lease = await rowlock.locks.acquire({
      records: ['cities/1'],
      holder: { type: 'person', id: 't', label: 'T', actor: ann },
    });
    await lease.extend(['cities/2']);
    await lease.release();
    await until(() => kinds.includes('released'));
    expect(kinds).toEqual(['acquired', 'extended', 'released']);
  });

  it('a subscriber begins with the next entry, or with the oldest entry of the log', async () => {
    const first = await rigWith({});
    const before = await first.launch('1');
    const [late, early] = [listener(), listener()];
    const second = await rigWith({ late, early: { ...early, from: 'start' } }, gated(), first.namespace);
    const after = await second.launch('2');
    await until(() => late.steps(after).length > 0 && early.steps(after).length > 0);
    expect(late.steps(before)).toEqual([]);
    expect(early.steps(before)).toEqual(['created']);
  });

  it('a subscriber continues at its position after a restart', async () => {
    const heard = listener();
    const first = await rigWith({ table: heard });
    const one = await first.launch('1');
    await until(() => heard.steps(one).length === 1);
    await rigs.pop()!.close();

    const away = await rigWith({}, gated(), first.namespace);
    await away.rowlock.startWorker();
    const two = await away.launch('2');
    await until(async () => (await away.rowlock.tasks.get(two))?.state === 'completed');
    await until(async () => (await away.rowlock.tasks.get(one))?.state === 'completed');

    const later = listener();
    await rigWith({ table: later }, gated(), first.namespace);
    await until(() => later.steps(one).at(-1) === 'cleaned' && later.steps(two).at(-1) === 'cleaned');
    expect(later.steps(one)).toEqual(['started', 'completed', 'cleaned']);
    expect(later.steps(two)).toEqual(['created', 'started', 'completed', 'cleaned']);
  });

  it('a subscriber with a malformed name is refused', async () => {
    const namespace = newNamespace();
    await expect(startRig(server, { subscribers: { 'a b': {} }, namespace })).rejects.toThrow(
      '"a b" is malformed',
    );
    const asBefore = { onTask() {} } as unknown as Subscribers;
    await expect(startRig(server, { subscribers: asBefore, namespace })).rejects.toThrow(
      'Each subscriber has a name',
    );
  });
});

describe('a subscriber that fails', () => {
  it('a failing subscriber is called until it succeeds, is logged once, and delays no other subscriber and no task', async () => {
    let isDown = true;
    let calls = 0;
    const heard = listener();
    const other = listener();
    const { rowlock, launch, logged } = await rigWith({
      table: {
        onTask(event) {
          if (event.kind === 'progress') return;
          calls += 1;
          if (isDown) throw new Error('The dashboard is down');
          heard.onTask(event);
        },
      },
      other,
    });
    await rowlock.startWorker();
    const taskIds = await Promise.all(['1', '2'].map((id) => launch(id)));
    await until(() => taskIds.every((id) => other.steps(id).at(-1) === 'cleaned'));
    await until(() => calls >= 3, { what: 'several calls' });
    expect(heard.events).toEqual([]);
    const reports = () => logged.filter((line) => line.includes('subscribers "table"'));
    expect(reports()).toEqual([
      expect.stringMatching(/created of task .* failed.* \d+ entries of the log are/),
    ]);
    const [table, well] = await rowlock.subscribers.status();
    expect(table).toMatchObject({ name: 'table', isLeading: true, failingSince: expect.any(Number) });
    expect(table?.lastError).toContain('The dashboard is down');
    expect(table?.behind).toBeGreaterThan(3);
    expect(well).toEqual({ name: 'other', behind: 0, isLeading: true, position: expect.any(String) });

    isDown = false;
    await until(() => taskIds.every((id) => heard.steps(id).at(-1) === 'cleaned'), { what: 'catching up' });
    for (const id of taskIds) expect(heard.steps(id)).toEqual(['created', 'started', 'completed', 'cleaned']);
    await until(async () => (await rowlock.subscribers.status())[0]?.behind === 0);
    const [recovered] = await rowlock.subscribers.status();
    expect(recovered).not.toHaveProperty('failingSince');
    expect(reports().at(-1)).toContain('works again');
  });

  it('a subscriber that hangs is aborted by its signal, and called again', async () => {
    const signals: AbortSignal[] = [];
    const other = listener();
    const { launch } = await rigWith({
      table: {
        timeoutMs: 100,
        onTask(_event, { signal }) {
          signals.push(signal);
          return signals.length < 3 ? new Promise(() => {}) : undefined;
        },
      },
      other,
    });
    const taskId = await launch('1');
    await until(() => other.steps(taskId).includes('created'));
    await until(() => signals.length === 3);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true, false]);
  });

  it('a subscriber that hangs does not keep its process from closing, and the event is repeated', async () => {
    let isAborted = false;
    let begun = 0;
    const first = await rigWith({
      table: {
        onTask: (_event, { signal }) => {
          begun += 1;
          signal.addEventListener('abort', () => {
            isAborted = true;
          });
          return new Promise(() => {});
        },
      },
    });
    const taskId = await first.launch('1');
    await until(() => begun === 1);
    await rigs.pop()!.close();
    expect(isAborted).toBe(true);

    const heard = listener();
    await rigWith({ table: heard }, gated(), first.namespace);
    await until(() => heard.steps(taskId).includes('created'), { what: 'the call that had not ended' });
  });

  it('a subscriber that fails for progress is not called again for it', async () => {
    const heard = listener();
    const { rowlock, launch, gate, logged } = await rigWith({
      table: {
        onTask(event) {
          heard.onTask(event);
          if (event.kind === 'progress') throw new Error('No room for progress');
        },
      },
    });
    await rowlock.startWorker();
    const open = gate('a');
    const taskId = await launch('1', 'a');
    await open.started;
    await until(() => heard.kinds(taskId).includes('progress'));
    open.finish();
    await until(() => heard.kinds(taskId).includes('cleaned'));
    expect(logged.filter((line) => line.includes('progress of task'))).toHaveLength(1);
    expect((await rowlock.subscribers.status())[0]).not.toHaveProperty('lastError');
  });
});

describe('a gap in the log', () => {
  it('a gap is reported, then the present state of each known task, oldest first, and then the log continues', async () => {
    const first = await rigWith({ table: listener() });
    await until(async () => (await first.rowlock.subscribers.status())[0]?.isLeading);
    await rigs.pop()!.close();

    const away = await rigWith({}, gated(), first.namespace);
    const worker = await away.rowlock.startWorker();
    const done = await away.launch('1');
    await until(async () => (await away.rowlock.tasks.get(done))?.state === 'completed');
    await worker.close();
    const waiting = await away.launch('2');
    await redis.xtrim(keysOf(first.namespace).log, 'MAXLEN', '=', 1);

    const heard = listener();
    const gaps: string[] = [];
    const later = await rigWith(
      {
        table: { ...heard, onGap: ({ reason }) => void gaps.push(`${reason} before ${heard.events.length}`) },
      },
      gated(),
      first.namespace,
    );
    await until(() => heard.steps(waiting).length > 0);
    expect(gaps).toEqual(['trimmed before 0']);
    expect(heard.events.map(({ kind, taskId }) => [kind, taskId])).toEqual([
      ['completed', done],
      ['queued', waiting],
    ]);
    const next = await later.launch('3');
    await until(() => heard.steps(next).includes('created'));
    expect(heard.steps(waiting)).toEqual(['queued']);
  });

  it('a gap is reported completely if the subscriber fails during it', async () => {
    const first = await rigWith({ table: listener() });
    await rigs.pop()!.close();
    const away = await rigWith({}, gated(), first.namespace);
    const taskIds = [await away.launch('1'), await away.launch('2'), await away.launch('3')];
    await redis.xtrim(keysOf(first.namespace).log, 'MAXLEN', '=', 1);
    const heard = listener();
    let failures = 0;
    await rigWith(
      {
        table: {
          onTask(event) {
            if (event.taskId === taskIds[1] && failures++ < 2) throw new Error('Not now');
            heard.onTask(event);
          },
        },
      },
      gated(),
      first.namespace,
    );
    await until(() => heard.events.length === 3);
    expect(heard.events.map(({ taskId }) => taskId)).toEqual(taskIds);
  });

  it('a gap is reported after a restart of Redis, with its data or without', async () => {
    const own = await startRedis({ appendonly: 'always' });
    const heard = listener();
    const gaps: string[] = [];
    const { task } = gated();
    const rig = await startRig(own, {
      tasks: [task],
      recovery: { graceMs: 100 },
      subscribers: { table: { ...heard, onGap: ({ reason }) => void gaps.push(reason) } },
    });
    const launch = () =>
      rig.rowlock.tasks.launch(task, { ids: [`${Math.random()}`], gate: 'a' }, { actor: ann });
    const { task: before } = await launch();
    await until(() => heard.steps(before.id).length === 1);
    expect(gaps).toEqual(['begun']);
    await own.kill();
    await own.restart();
    // On a busy machine this process may lose its lead in between: then the same gap is reported once more.
    await until(
      async () => {
        await launch().catch(() => {});
        return heard.steps(before.id).length >= 2;
      },
      { what: 'the report of the gap', timeoutMs: 15_000, intervalMs: 200 },
    );
    const { task: after } = await until(() => launch().catch(() => undefined), { timeoutMs: 10_000 });
    await until(() => heard.steps(after.id).length > 0, {
      what: 'the task that was launched after the restart',
      timeoutMs: 15_000,
    });
    expect([gaps[0], new Set(gaps.slice(1))]).toEqual(['begun', new Set(['epoch'])]);
    expect(new Set(heard.steps(before.id).slice(1))).toEqual(new Set(['queued']));
    const reported = gaps.length;

    const client = new Redis(own.url);
    await client.flushall();
    client.disconnect();
    const { task: fresh } = await until(() => launch().catch(() => undefined), { timeoutMs: 10_000 });
    await until(() => heard.steps(fresh.id).includes('created'), {
      what: 'the task that was launched after the loss',
      timeoutMs: 15_000,
    });
    expect(gaps.slice(reported)).toContain('begun');
    await rig.close();
    await own.stop();
  }, 60_000);
});
