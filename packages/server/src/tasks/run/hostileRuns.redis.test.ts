/** A run may report, throw or return anything: it harms neither the worker, nor other listeners, nor views of the task. */
import { recordKey, type TaskView } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Queue, QueueEvents } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { newNamespace, type Rig, startRig } from '../../../test/fixtures/rig.ts';
import { keysOf } from '../../redis/keys.ts';
import { defineTask, type TaskContext } from '../definition/defineTask.ts';
import { QUEUE_NAME } from '../store/queue.ts';

const ann = { id: 'ann', name: 'Ann' };
const HUGE = 'x'.repeat(10_000_000);

const circular: Record<string, unknown> = {};
circular.self = circular;
const throwing = () => {
  throw new Error('a getter threw');
};
const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown;
const proxy = new Proxy({}, { get: throwing, has: throwing, ownKeys: throwing, getPrototypeOf: throwing });

/** Values as they may come from anywhere. */
const HOSTILE: Record<string, unknown> = {
  undefined,
  null: null,
  NaN: Number.NaN,
  Infinity,
  'a BigInt': 7n,
  'a symbol': Symbol('s'),
  'a function': () => 'called',
  'ten million characters': HUGE,
  'control characters and half of an emoji': 'a\u0000\u001b[31m\ud800\u202e\u2028z',
  'a circle': circular,
  'a getter that throws': Object.defineProperty({}, 'message', { get: throwing, enumerable: true }),
  'a toJSON that throws': { toJSON: throwing },
  'a toString that throws': { toString: throwing, [Symbol.toPrimitive]: throwing },
  'a proxy that throws at everything': proxy,
  'what is nested thousands deep': deep,
  'an error with a huge stack': Object.assign(new Error(HUGE), { stack: HUGE }),
  'an error that is no text': Object.assign(new Error('x'), { message: { toString: throwing } }),
  "BullMQ's word for a rate limit": new Error('bullmq:rateLimitExceeded'),
  "BullMQ's word for a delay": Object.assign(new Error('Later'), { name: 'DelayedError' }),
  'a polluting key': JSON.parse('{"__proto__":{"polluted":true}}') as unknown,
};
const names = Object.keys(HOSTILE);

const task = defineTask({
  name: 'hostile',
  input: z.object({ what: z.string(), value: z.string() }),
  records: ({ what, value }) => [recordKey('cities', `${what}${names.indexOf(value)}`)],
  run(ctx, { what, value }) {
    return runs[what]!(ctx, HOSTILE[value]);
  },
});
const runs: Record<string, (ctx: TaskContext, value: unknown) => unknown> = {
  returns: (_ctx, value) => value,
  throws: (_ctx, value) => {
    throw value;
  },
  rejects: (_ctx, value) => Promise.reject(value),
  says(ctx, value) {
    const text = value as string;
    ctx.progress.stage(text, { total: 2 });
    ctx.progress.message(text);
    ctx.log(text);
    ctx.recordFailed('cities/1', value);
    for (const units of [value, -1]) {
      try {
        ctx.progress.advance(units as number);
        ctx.progress.total(units as number);
      } catch {}
    }
  },
};

let server: TestRedis;
let rig: Rig;
let redis: Redis;
let queue: Queue;
let events: QueueEvents;
const namespace = newNamespace();
const heard: string[] = [];

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  rig = await startRig(server, { tasks: [task], namespace });
  const prefix = keysOf(namespace).bullPrefix;
  queue = new Queue(QUEUE_NAME, { connection: { url: server.url }, prefix });
  events = new QueueEvents(QUEUE_NAME, { connection: { url: server.url }, prefix, lastEventId: '0-0' });
  events.on('completed', ({ jobId }) => heard.push(jobId));
  events.on('failed', ({ jobId }) => heard.push(jobId));
  await rig.rowlock.startWorker({ concurrency: 4 });
});
afterAll(async () => {
  await events.close();
  await queue.close();
  redis.disconnect();
  await rig.close();
  await server.stop();
});

async function ended(what: string, value: string): Promise<TaskView> {
  const { tasks } = rig.rowlock;
  const launched = await tasks.launch(task, { what, value }, { actor: ann });
  return until(
    async () => {
      const view = await tasks.get(launched.task.id);
      return view && ['completed', 'failed'].includes(view.state) ? view : undefined;
    },
    { what: `the end of a run that ${what} ${value}` },
  );
}

/** The view of a task that everybody gets: small, and unchanged by JSON. */
function expectHarmless(view: TaskView): void {
  const json = JSON.stringify(view);
  expect(json.length).toBeLessThan(20_000);
  expect(JSON.parse(json)).toEqual(view);
  expect(json).not.toMatch(/\\ud[89a-f]/);
  expect(JSON.stringify([view.error, view.progress])).not.toMatch(/\\u00(?!0a)|\u202e/);
}

async function expectHarmlessJob(id: string): Promise<void> {
  const job = await until(async () => {
    const found = await queue.getJob(id);
    return found?.finishedOn ? found : undefined;
  });
  expect(job.returnvalue ?? null).toBeNull();
  expect((job.failedReason ?? '').length).toBeLessThanOrEqual(600);
  expect(JSON.stringify(job.stacktrace).length).toBeLessThan(10_000);
  await until(() => heard.includes(id), { what: 'another listener of the queue to hear of it' });
}

describe.each(names)('%s', (value) => {
  it('a hostile value may be returned', async () => {
    const view = await ended('returns', value);
    // To await what throws at everything is to fail.
    expect(view.state).toBe(HOSTILE[value] === proxy ? 'failed' : 'completed');
    expectHarmless(view);
    await expectHarmlessJob(view.id);
  });

  it.each(['throws', 'rejects'])('a hostile value may be what a run %s', async (what) => {
    const view = await ended(what, value);
    expect(view.state).toBe('failed');
    expect(view.error).toMatch(/\S/);
    expect(view.error!.length).toBeLessThanOrEqual(500);
    expectHarmless(view);
    await expectHarmlessJob(view.id);
  });

  it('a hostile value may be reported as progress, as a row and in the log', async () => {
    const view = await ended('says', value);
    expect(view.state).toBe('completed');
    expectHarmless(view);
    expect(view).toMatchObject({ failedCount: 1, progress: { done: expect.any(Number) } });
    const { prefix } = keysOf(namespace);
    const [line] = await redis.lrange(`${prefix}tasklog:${view.id}`, 0, -1);
    const reason = await redis.hget(`${prefix}failed:${view.id}`, 'cities/1');
    expect(line!.length).toBeLessThanOrEqual(520);
    expect(reason!.length).toBeLessThanOrEqual(500);
  });
});

describe('a result', () => {
  async function resultOf(returned: unknown, result?: z.ZodType): Promise<TaskView> {
    const promising = defineTask({
      name: 'promising',
      input: z.object({}),
      retry: { attempts: 3 },
      records: () => ['cities/1'],
      run: () => returned,
      ...(result && { result }),
    });
    const own = await startRig(server, { tasks: [promising] });
    await own.rowlock.startWorker();
    const { tasks } = own.rowlock;
    const launched = await tasks.launch(promising, {}, { actor: ann });
    const view = await until(async () => {
      const found = await tasks.get(launched.task.id);
      return found && ['completed', 'failed'].includes(found.state) ? found : undefined;
    });
    await own.close();
    return view;
  }

  it('a result is stored as its schema parses it', async () => {
    const schema = z.object({ count: z.number() });
    expect(await resultOf({ count: 3, secret: 'x' }, schema)).toMatchObject({
      state: 'completed',
      result: { count: 3 },
    });
  });

  it('a result that the schema refuses fails the task at once, with a reason', async () => {
    const view = await resultOf({ count: 'many' }, z.object({ count: z.number() }));
    expect(view).toMatchObject({
      state: 'failed',
      attempt: 1,
      error: expect.stringContaining('Its result is not what "promising" promises at "count"'),
    });
    expect(view.result).toBeUndefined();
  });

  it('a result whose schema throws fails the task', async () => {
    const hostile = z.unknown().transform(() => throwing());
    expect(await resultOf(1, hostile)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('a getter threw'),
    });
  });

  it('a result of at most 16 KiB is stored, and a larger one is left out, but the task completes', async () => {
    const small = 'x'.repeat(16_384 - 2);
    expect(await resultOf(small)).toMatchObject({ state: 'completed', result: small });
    const view = await resultOf(`${small}x`);
    expect(view.state).toBe('completed');
    expect(view.result).toBeUndefined();
  });
});
