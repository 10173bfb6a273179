/** Traces by OpenTelemetry's own tracer, as an application would set it up. */

import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { type StartedProcess, startProcess, startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { api, openTracer, registerTracer } from '../../test/fixtures/openTelemetry.ts';
import { gatedTask, newNamespace, startRig } from '../../test/fixtures/rig.ts';
import { tracedTask } from '../../test/fixtures/tracedWorker.ts';
import { keysOf } from '../redis/keys.ts';
import type { RowlockOptions } from '../rowlockOptions.ts';
import { defineTask } from '../tasks/definition/defineTask.ts';
import { QUEUE_NAME } from '../tasks/store/queue.ts';
import type { Telemetry } from './telemetry.ts';

const ann = { id: 'ann', name: 'Ann' };
const holder = (name: string) =>
  ({ type: 'person', id: `tab-${name}`, label: name, actor: { id: name, name } }) as const;

let server: TestRedis;
const { exporter, close } = registerTracer();
beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await close();
  await server.stop();
});
beforeEach(() => exporter.reset());
const processes: StartedProcess[] = [];
afterEach(() => Promise.all(processes.splice(0).map((each) => each.stop())));

async function open(options: Partial<RowlockOptions> = {}) {
  const gated = gatedTask();
  const namespace = newNamespace();
  const rig = await startRig(server, { tasks: [gated.task], telemetry: api, namespace, ...options });
  onTestFinished(() => rig.close());
  return { ...rig, ...gated, namespace, locks: rig.rowlock.locks, tasks: rig.rowlock.tasks };
}

const spans = (name: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === name);
const spanOf = (name: string, isIt: (span: ReadableSpan) => boolean = () => true) =>
  until(() => spans(name).find(isIt), { what: `a span ${name}`, timeoutMs: 15_000 });
const childOf = (parent: ReadableSpan) => ({
  traceId: parent.spanContext().traceId,
  parentId: parent.spanContext().spanId,
});
const placeOf = (span: ReadableSpan) => ({
  traceId: span.spanContext().traceId,
  parentId: span.parentSpanContext?.spanId,
});
/** Work of the application's, in a span of its own */
const inSpan = <T>(fn: () => Promise<T>): Promise<T> =>
  api.trace.getTracer('test').startActiveSpan('request', (span) => fn().finally(() => span.end()));

describe('a trace', () => {
  it('a trace leads from a request by its launch to the run, with the task and the number of its records', async () => {
    const { tasks, task, rowlock, namespace } = await open();
    const launched = await inSpan(() => tasks.launch(task, { ids: ['1', '2'], gate: 'a' }, { actor: ann }));
    await rowlock.startWorker();
    const run = await spanOf('rowlock.run');
    const [request] = spans('request');
    const [launch] = spans('rowlock.launch');
    const [acquire] = spans('rowlock.acquire');
    expect(placeOf(launch!)).toEqual(childOf(request!));
    expect(placeOf(acquire!)).toEqual(childOf(launch!));
    expect(placeOf(run)).toEqual(childOf(launch!));
    const about = {
      'rowlock.namespace': namespace,
      'rowlock.task.id': launched.task.id,
      'rowlock.records.count': 2,
    };
    expect(acquire!.attributes).toEqual({
      ...about,
      'rowlock.holder.type': 'task',
      'rowlock.result': 'acquired',
    });
    expect(launch!.attributes).toEqual({
      ...about,
      'rowlock.task.name': 'gated',
      'rowlock.result': 'queued',
    });
    expect(run.attributes).toEqual({
      ...about,
      'rowlock.task.name': 'gated',
      'rowlock.attempt': 1,
      'rowlock.result': 'completed',
    });
    expect([launch!.kind, run.kind]).toEqual([api.SpanKind.PRODUCER, api.SpanKind.CONSUMER]);
  });

  it('a trace is the trace of the launch, even for a waiting task that another process queued', async () => {
    const { tasks, task, locks, rowlock } = await open();
    const lease = await locks.acquire({ holder: holder('bo'), records: ['cities/1'] });
    await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann, onConflict: 'wait' });
    await rowlock.startWorker();
    await lease.release();
    const run = await spanOf('rowlock.run');
    const [launch] = spans('rowlock.launch');
    expect(launch!.attributes['rowlock.result']).toBe('waiting');
    expect(placeOf(run)).toEqual(childOf(launch!));
  }, 20_000);

  it('a trace contains each attempt, with the error of a failed attempt', async () => {
    const { task, gate } = gatedTask('flaky', 2);
    const { tasks, rowlock } = await open({ tasks: [task] });
    const [first, second] = [gate('a'), gate('a')];
    await tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    await rowlock.startWorker();
    first.finish(new Error('Disk is full'));
    const failed = await spanOf('rowlock.run', ({ attributes }) => attributes['rowlock.attempt'] === 1);
    expect(failed.attributes['rowlock.result']).toBe('retry');
    expect(failed.status).toEqual({ code: api.SpanStatusCode.ERROR, message: 'Disk is full' });
    expect(failed.events).toMatchObject([
      { name: 'exception', attributes: { 'exception.message': 'Disk is full' } },
    ]);
    second.finish();
    const done = await spanOf('rowlock.run', ({ attributes }) => attributes['rowlock.attempt'] === 2);
    expect(done.attributes['rowlock.result']).toBe('completed');
    expect(done.status.code).toBe(api.SpanStatusCode.UNSET);
    expect(placeOf(done)).toEqual(placeOf(failed));
  }, 20_000);

  it('a trace contains the spans of the run, and the children that it launches', async () => {
    const child = defineTask({
      name: 'child',
      input: z.object({}),
      records: () => ['cities/2'],
      run: () => undefined,
    });
    const parent = defineTask({
      name: 'parent',
      input: z.object({}),
      records: () => ['cities/1'],
      async run(ctx) {
        await inSpan(async () => undefined);
        await ctx.launch(child, {});
      },
    });
    const { tasks, rowlock } = await open({ tasks: [parent, child] });
    await tasks.launch(parent, {}, { actor: ann });
    await rowlock.startWorker({ concurrency: 2 });
    const of = (name: string) => (span: ReadableSpan) => span.attributes['rowlock.task.name'] === name;
    const childRun = await spanOf('rowlock.run', of('child'));
    const parentRun = await spanOf('rowlock.run', of('parent'));
    const childLaunch = await spanOf('rowlock.launch', of('child'));
    expect(placeOf(spans('request')[0]!)).toEqual(childOf(parentRun));
    expect(placeOf(childLaunch)).toEqual(childOf(parentRun));
    expect(placeOf(childRun)).toEqual(childOf(childLaunch));
  }, 20_000);

  it('a trace contains a local run within the request that asked for it', async () => {
    const { tasks, task, gate } = await open();
    gate('a').finish();
    await inSpan(() => tasks.runOrLaunch(task, { ids: ['1'], gate: 'a' }, { actor: ann }));
    const [run] = spans('rowlock.run');
    expect(placeOf(run!)).toEqual(childOf(spans('request')[0]!));
    expect(run!.attributes['rowlock.result']).toBe('completed');
  });

  it('a trace continues in another process, which has spans of its own', async () => {
    const { namespace, tasks } = await open({ tasks: [tracedTask] });
    const worker = await startProcess({
      command: process.execPath,
      args: [
        '--conditions=@rowlock/source',
        new URL('../../test/fixtures/tracedWorker.ts', import.meta.url).pathname,
      ],
      env: { REDIS_URL: server.url, NAMESPACE: namespace },
      readyLine: 'worker ready',
    });
    processes.push(worker);
    await tasks.launch(tracedTask, {}, { actor: ann });
    const [launch] = spans('rowlock.launch');
    const line = await until(() => /^ran in (\w+) under (\w+)$/m.exec(worker.output()), {
      timeoutMs: 15_000,
    });
    expect({ traceId: line[1], parentId: line[2] }).toEqual(childOf(launch!));
  }, 40_000);
});

describe('spans of locks', () => {
  it('the span of an acquire has its result: a conflict is no error, and a missing Redis is an error', async () => {
    const own = await startRedis();
    onTestFinished(() => own.stop());
    const rig = await startRig(own, { telemetry: api });
    onTestFinished(() => rig.close());
    const { locks } = rig.rowlock;
    await locks.acquire({ holder: holder('ann'), records: ['cities/1'] });
    await locks.acquire({ holder: holder('bo'), records: ['cities/1'] }).catch(() => {});
    await own.kill();
    await locks.acquire({ holder: holder('bo'), records: ['cities/1'] }).catch(() => {});
    expect(
      spans('rowlock.acquire').map(({ attributes, status }) => [attributes['rowlock.result'], status.code]),
    ).toEqual([
      ['acquired', api.SpanStatusCode.UNSET],
      ['conflict', api.SpanStatusCode.UNSET],
      ['unavailable', api.SpanStatusCode.ERROR],
    ]);
  });

  it('a wait has a span of its own, within the request and around the acquire', async () => {
    const { locks } = await open();
    const lease = await locks.acquire({ holder: holder('ann'), records: ['cities/1'] });
    const waiting = inSpan(() =>
      locks.acquire({ holder: holder('bo'), records: ['cities/1'], onConflict: 'wait' }),
    );
    const queued = await spanOf('rowlock.acquire', (span) => span.attributes['rowlock.result'] === 'waiting');
    await lease.release();
    await waiting;
    const [wait] = spans('rowlock.wait');
    expect(placeOf(queued)).toEqual(childOf(wait!));
    expect(placeOf(wait!)).toEqual(childOf(spans('request')[0]!));
  });
});

describe('telemetry', () => {
  it('telemetry may be a tracer of the application', async () => {
    const own = openTracer();
    const telemetry: Telemetry = {
      tracer: own.provider.getTracer('shop'),
      propagation: api.propagation,
      context: api.context,
    };
    const { locks } = await open({ telemetry });
    await locks.acquire({ holder: holder('ann'), records: ['cities/1'] });
    expect(own.exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['rowlock.acquire']);
    expect(exporter.getFinishedSpans()).toEqual([]);
    await own.provider.shutdown();
  });

  it('telemetry that is absent leaves neither spans nor data in the task or its job', async () => {
    const { tasks, task, namespace } = await open({ telemetry: undefined } as Partial<RowlockOptions>);
    const launch = () => tasks.launch(task, { ids: ['1'], gate: 'a' }, { actor: ann });
    const { id } = (await inSpan(launch)).task;
    const keys = keysOf(namespace);
    const redis = new Redis(server.url);
    onTestFinished(() => redis.disconnect());
    expect(await redis.hexists(keys.task(id), 'trace')).toBe(0);
    const data = await redis.hget(`${keys.bullPrefix}:${QUEUE_NAME}:${id}`, 'data');
    expect(Object.keys(JSON.parse(data!))).toEqual(['input']);
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['request']);
  });
});
