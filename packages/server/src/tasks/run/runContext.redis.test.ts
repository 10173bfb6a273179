import { type RecordKey, recordKey } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newNamespace, type Rig, startRig } from '../../../test/fixtures/rig.ts';
import { ConflictError, LeaseLostError } from '../../errors.ts';
import { keysOf } from '../../redis/keys.ts';
import { defineTask, type TaskContext } from '../definition/defineTask.ts';

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
  for (const rig of rigs.splice(0)) await rig.close();
});

/** A task over `count` cities whose run is the test's own. */
async function taskThat(
  run: (ctx: TaskContext, attempt: number) => unknown,
  { count = 3, attempts = 1 } = {},
) {
  const namespace = newNamespace();
  const task = defineTask({
    name: 'free',
    input: z.object({ count: z.number() }),
    retry: { attempts, backoffMs: 1 },
    records: (input) => Array.from({ length: input.count }, (_, i) => recordKey('cities', i)),
    run: async (ctx) => run(ctx, ctx.attempt),
  });
  const rig = await startRig(server, { tasks: [task], namespace });
  rigs.push(rig);
  await rig.rowlock.startWorker();
  const { tasks, locks } = rig.rowlock;
  const launched = await tasks.launch(task, { count }, { actor: ann });
  const { id } = launched.task;
  const get = async () => (await tasks.get(id))!;
  const reaches = async (state: string) => {
    await until(async () => (await get()).state === state, { what: `the task to be ${state}` });
    return get();
  };
  const held = async (...keys: RecordKey[]) => [...(await locks.check(keys)).held.keys()];
  const { prefix } = keysOf(namespace);
  return {
    rig,
    id,
    get,
    reaches,
    held,
    prefix,
    namespace,
    failed: () => redis.hgetall(`${prefix}failed:${id}`),
  };
}

/** Lets the test and the run wait for each other. */
function meeting() {
  let meet = () => {};
  const met = new Promise<void>((resolve) => {
    meet = resolve;
  });
  return { meet, met };
}

describe('a row that is done', () => {
  it('a finished row is free within a second, and the last one only when the task has ended', async () => {
    const rest = meeting();
    const { held, reaches } = await taskThat(async (ctx) => {
      for (const record of ctx.records) ctx.recordDone(record);
      await rest.met;
    });
    const all: RecordKey[] = ['cities/0', 'cities/1', 'cities/2'];
    await until(async () => (await held(...all)).length === 1, {
      what: 'all but one to be free',
      timeoutMs: 1_000,
    });
    rest.meet();
    await reaches('completed');
    expect(await held(...all)).toEqual([]);
  });

  it('a finished row is not in ctx.records of the next attempt', async () => {
    const seen: (readonly RecordKey[])[] = [];
    const { reaches } = await taskThat(
      (ctx, attempt) => {
        seen.push(ctx.records);
        if (attempt === 2) return;
        ctx.recordDone('cities/1');
        throw new Error('Flaky');
      },
      { attempts: 2 },
    );
    await reaches('completed');
    expect(seen).toEqual([
      ['cities/0', 'cities/1', 'cities/2'],
      ['cities/0', 'cities/2'],
    ]);
  });

  it('any number of finished rows is released, in steps', async () => {
    const rest = meeting();
    const count = 25_000;
    const { held, reaches, prefix, get } = await taskThat(
      async (ctx) => {
        for (const record of ctx.records) ctx.recordDone(record);
        await rest.met;
      },
      { count },
    );
    const covered = async () => redis.hget(`${prefix}lease:${(await get()).leaseId}`, 'count');
    await until(async () => (await covered()) === '1', { what: 'all but one to be free' });
    rest.meet();
    await reaches('completed');
    expect(await held('cities/0', recordKey('cities', count - 1))).toEqual([]);
  });
});

describe('a row that could not be done', () => {
  it('a failed row is stored with its reason, counted, and locked until the end', async () => {
    const rest = meeting();
    const { get, failed, held, reaches } = await taskThat(async (ctx) => {
      ctx.recordFailed('cities/0', new Error('Not found'));
      ctx.recordFailed('cities/0', new Error('Not found again'));
      ctx.recordFailed('cities/1', { no: 'error' });
      ctx.recordDone('cities/0');
      ctx.recordDone('cities/2');
      await rest.met;
    });
    await until(async () => (await get()).failedCount === 2);
    expect(await failed()).toEqual({
      'cities/0': 'Not found again',
      'cities/1': 'It threw a value that is no error: [object Object].',
    });
    expect(await held('cities/0', 'cities/1', 'cities/2')).toEqual(['cities/0', 'cities/1']);
    rest.meet();
    expect(await reaches('completed')).toMatchObject({ failedCount: 2 });
  });

  it('10,000 failed rows are stored, and further ones are counted', async () => {
    const count = 12_000;
    const { reaches, failed } = await taskThat(
      (ctx) => {
        for (const record of ctx.records) ctx.recordFailed(record, new Error('x'.repeat(100_000)));
      },
      { count },
    );
    expect(await reaches('completed')).toMatchObject({ failedCount: count });
    const rows = await failed();
    expect(Object.keys(rows)).toHaveLength(10_000);
    expect(rows['cities/0']).toHaveLength(500);
  });

  it('failed rows are deleted when the run is repeated, which reports them again', async () => {
    const { reaches, failed } = await taskThat(
      (ctx, attempt) => {
        if (attempt === 2) return ctx.recordFailed('cities/2', 'still');
        ctx.recordFailed('cities/1', 'at first');
        ctx.recordFailed('cities/2', 'at first');
        throw new Error('Flaky');
      },
      { attempts: 2 },
    );
    expect(await reaches('completed')).toMatchObject({ failedCount: 1 });
    expect(await failed()).toEqual({ 'cities/2': 'still' });
  });

  it('a row that is not a record key is refused', async () => {
    const { reaches } = await taskThat((ctx) => ctx.recordFailed('nonsense' as RecordKey, 'x'));
    expect((await reaches('failed')).error).toContain(
      'ctx.recordFailed needs a record key: pass one. "nonsense" is not a record key',
    );
  });
});

describe('more records', () => {
  it('ctx.extend adds records to the lease of the task, with a higher fence, until the task ends', async () => {
    const rest = meeting();
    const fences: string[] = [];
    const { held, reaches } = await taskThat(async (ctx) => {
      fences.push(ctx.fence);
      await ctx.extend(['cities/8', 'cities/9']);
      fences.push(ctx.fence);
      await rest.met;
    });
    await until(async () => (await held('cities/8', 'cities/9')).length === 2);
    expect(BigInt(fences[1]!)).toBeGreaterThan(BigInt(fences[0]!));
    rest.meet();
    await reaches('completed');
    expect(await held('cities/8', 'cities/9')).toEqual([]);
  });

  it('ctx.extend is refused with the conflict if somebody else holds one of the records', async () => {
    const begin = meeting();
    const errors: unknown[] = [];
    const { rig, reaches } = await taskThat(async (ctx) => {
      await begin.met;
      await ctx.extend(['cities/8', 'cities/9']).catch((error) => errors.push(error));
    });
    const holder = { type: 'person', id: 'tab', label: 'Edit', actor: ann } as const;
    const lease = await rig.rowlock.locks.acquire({ holder, records: ['cities/9'] });
    begin.meet();
    await reaches('completed');
    expect(errors).toEqual([expect.any(ConflictError)]);
    await lease.release();
  });

  it('ctx.extend is refused to code that a run has left behind', async () => {
    let late: TaskContext | undefined;
    const { reaches, held } = await taskThat(
      (ctx, attempt) => {
        if (attempt === 1) throw new Error('Flaky');
        late = ctx;
      },
      { attempts: 2 },
    );
    await reaches('completed');
    await expect(late!.extend(['cities/9'])).rejects.toThrow(LeaseLostError);
    expect(await held('cities/9')).toEqual([]);
  });
});

describe('the log of a task', () => {
  it('the log of a task has the newest 200 lines, each with its time', async () => {
    const { reaches, prefix, id } = await taskThat((ctx) => {
      for (let i = 1; i <= 1_000; i++) ctx.log(`Line ${i}\nof ${'many '.repeat(1_000)}`);
    });
    await reaches('completed');
    const lines = await redis.lrange(`${prefix}tasklog:${id}`, 0, -1);
    expect(lines).toHaveLength(200);
    expect(lines[0]).toMatch(/^\d{13} Line 801 of many/);
    expect(lines.at(-1)).toMatch(/^\d{13} Line 1000 of many/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(14 + 500);
    expect(Math.abs(Number(lines[0]!.slice(0, 13)) - Date.now())).toBeLessThan(60_000);
  });

  it('the log of a task continues after an earlier attempt', async () => {
    const { reaches, prefix, id } = await taskThat(
      (ctx, attempt) => {
        ctx.log(`Attempt ${attempt}`);
        if (attempt === 1) throw new Error('Flaky');
      },
      { attempts: 2 },
    );
    await reaches('completed');
    const lines = await redis.lrange(`${prefix}tasklog:${id}`, 0, -1);
    expect(lines.map((line) => line.slice(14))).toEqual(['Attempt 1', 'Attempt 2']);
  });
});

describe('progress', () => {
  it('progress may be reported any number of times, and is written a few times a second, the last always', async () => {
    const { reaches, prefix } = await taskThat(async (ctx) => {
      ctx.progress.stage('Reading', { total: 1_000_000 });
      const untilMs = performance.now() + 1_000;
      let advanced = 0;
      while (performance.now() < untilMs) {
        for (let i = 0; i < 10_000 && advanced < 999_999; i++, advanced++) ctx.progress.advance();
        await new Promise(setImmediate);
      }
      ctx.progress.advance(1_000_000 - advanced);
      ctx.progress.stage('Writing', { total: 10 });
      ctx.progress.message('All but written');
      ctx.progress.advance(9);
    });
    const { progress } = await reaches('completed');
    expect(progress).toMatchObject({
      done: 1_000_009,
      total: 1_000_010,
      stage: 'Writing',
      stages: [
        { name: 'Reading', done: 1_000_000, total: 1_000_000 },
        { name: 'Writing', done: 9, total: 10 },
      ],
      message: 'All but written',
    });
    expect(await redis.xlen(`${prefix}progress`)).toBeLessThanOrEqual(5);
  });
});
