/** Gaps in the log of a real server: how they are reported, and what follows. */
import { startRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { startRig } from '../../test/fixtures/rig.ts';
import { gated, listener, useSubscribers } from '../../test/fixtures/subscriberFixture.ts';
import { ann } from '../../test/fixtures/taskFixture.ts';

const { rigWith, redisOf } = useSubscribers();

describe('a gap in the log', () => {
  it('a gap is reported, then the present state of each known task, oldest first, and then the log continues', async () => {
    const first = await rigWith({ table: listener() });
    await until(async () => (await first.rowlock.subscribers.status())[0]?.isLeading);
    await first.close();

    const away = await rigWith({}, gated(), first.namespace);
    const worker = await away.rowlock.startWorker();
    const done = await away.launch('1');
    await until(async () => (await away.rowlock.tasks.get(done))?.state === 'completed');
    await worker.close();
    const waiting = await away.launch('2');
    const { redis, keys } = redisOf(first.namespace);
    await redis.xtrim(keys.log, 'MAXLEN', '=', 1);

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
    await first.close();
    const away = await rigWith({}, gated(), first.namespace);
    const taskIds = [await away.launch('1'), await away.launch('2'), await away.launch('3')];
    const { redis, keys } = redisOf(first.namespace);
    await redis.xtrim(keys.log, 'MAXLEN', '=', 1);
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
