/** Tabs launch, preview and retry tasks over the live channel. */
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { acquire, gatewayFixture, watch } from '../../../test/fixtures/gatewayFixture.ts';
import type { Client } from '../../../test/fixtures/rig.ts';
import { reportingTask } from '../../../test/fixtures/taskFixture.ts';
import type { AuthorizeQuestion } from '../../permissions.ts';
import { defineTask } from '../../tasks/definition/defineTask.ts';

const { rig } = gatewayFixture();

const task = reportingTask({ supportsPartial: true });
const launch = { task: 'reporting', input: { ids: ['1', '2'] } };
const actor = { id: 'ann', name: 'ann' };

async function launched(client: Client, message: Parameters<typeof client.send<'launch'>>[1] = launch) {
  const answer = await client.send('launch', message);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer;
}

describe('a task that a tab launches', () => {
  it('a launched task holds its records when the answer arrives, for the user of the tab', async () => {
    const { connect, rowlock } = await rig({ tasks: [task] });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const answer = await launched(ann, { ...launch, tags: ['by hand\n'], delayMs: 60_000 });
    expect(answer).toMatchObject({
      task: { name: 'reporting', state: 'queued', actor, tags: ['by hand'], recordCount: 2 },
      skipped: [],
      conflicts: [],
      conflictCount: 0,
    });
    expect(answer.task.notBefore).toBe(answer.task.createdAt + 60_000);
    const view = await watch(bo, 'cities/1');
    expect(view.records['cities/1']).toEqual([answer.task.leaseId]);
    expect((await rowlock.tasks.list()).tasks.map(({ id }) => id)).toEqual([answer.task.id]);
  });

  it('P1: a launch on blocked records is refused with every conflict, or skips them, or waits for them', async () => {
    const { connect, rowlock } = await rig({ tasks: [task] });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const { leaseId, secret } = await acquire(bo, 'cities/1');
    expect(await ann.send('launch', launch)).toMatchObject({
      ok: false,
      error: { code: 'conflict', conflicts: [{ lease: { id: leaseId }, records: ['cities/1'] }] },
    });
    expect((await rowlock.tasks.list()).tasks).toEqual([]);
    const waiting = await launched(ann, { ...launch, onConflict: 'wait' });
    expect(waiting).toMatchObject({ task: { state: 'waiting', position: 1 }, skipped: [], conflictCount: 1 });
    const partial = await launched(ann, { ...launch, onConflict: 'skip', input: { ids: ['1', '3'] } });
    expect(partial).toMatchObject({
      task: { state: 'queued', recordCount: 1 },
      skipped: ['cities/1'],
      conflicts: [{ lease: { id: leaseId } }, { isWaiting: true }],
    });
    await bo.send('release', { leaseId, secret });
    await until(async () => (await rowlock.tasks.get(waiting.task.id))?.state === 'queued');
  });

  it('a launch that is sent twice, at once or later, launches one task', async () => {
    const { connect } = await rig({ tasks: [task] });
    const [ann, twin] = [await connect('ann'), await connect('ann')];
    const message = { ...launch, idempotencyKey: 'once' };
    const answers = await Promise.all([
      launched(ann, message),
      launched(twin, message),
      launched(ann, message),
    ]);
    answers.push(await launched(twin, message));
    expect(new Set(answers.map(({ task: { id } }) => id)).size).toBe(1);
  });

  it('P12: the key of a user meets neither the key of another user nor that of the application', async () => {
    const { connect, rowlock } = await rig({ tasks: [task] });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const ids = [
      (await launched(ann, { ...launch, idempotencyKey: 'nightly' })).task.id,
      (await launched(bo, { ...launch, input: { ids: ['3'] }, idempotencyKey: 'nightly' })).task.id,
      (await rowlock.tasks.launch(task, { ids: ['4'] }, { actor, idempotencyKey: 'nightly' })).task.id,
    ];
    expect(new Set(ids).size).toBe(3);
  });

  it('P12: a user who may not launch is refused before the application selects any record', async () => {
    let selected = 0;
    const counted = defineTask({
      name: 'counted',
      input: z.object({ ids: z.array(z.string()) }),
      records({ ids }) {
        selected += 1;
        return ids.map((id) => `cities/${id}` as const);
      },
      run() {},
    });
    const { connect } = await rig({ tasks: [counted] });
    const viewer = await connect('viewer');
    for (const name of ['launch', 'preview'] as const) {
      // Also before the input is judged.
      expect(await viewer.send(name, { task: 'counted', input: 'nonsense' })).toMatchObject({
        ok: false,
        error: { code: 'forbidden', message: expect.stringContaining('the task "counted"') },
      });
    }
    expect(selected).toBe(0);
  });

  it('P12: authorize is asked by the name of the task, then with its records and its parsed input', async () => {
    const asked: AuthorizeQuestion[] = [];
    const { connect } = await rig({
      tasks: [task],
      authorize: (question) => {
        if (question.action === 'launch') asked.push(question);
        return question.action !== 'launch' || (question.records?.length ?? 0) < 2;
      },
    });
    const ann = await connect('ann');
    expect(await ann.send('launch', launch)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    await launched(ann, { ...launch, input: { ids: ['1'] } });
    const question = { actor, action: 'launch', task: { name: 'reporting' } };
    expect(asked).toEqual([
      question,
      { ...question, records: ['cities/1', 'cities/2'], input: { ids: ['1', '2'] } },
      question,
      { ...question, records: ['cities/1'], input: { ids: ['1'] } },
    ]);
  });

  it.each([
    ['an input that the definition refuses', { ...launch, input: { ids: [1] } }, 'bad_request', '"ids.0"'],
    ['no input', { task: 'reporting' }, 'bad_request', '"input"'],
    ['an unknown name', { ...launch, task: 'unknown' }, 'not_found', '"unknown"'],
    ['the name of a property of objects', { ...launch, task: '__proto__' }, 'not_found', '"__proto__"'],
    ['another conflict rule', { ...launch, onConflict: 'force' }, 'bad_request', '"onConflict"'],
    ['a wait without waiting', { ...launch, waitMs: 5 }, 'bad_request', 'waitMs'],
    ['a delay of a year', { ...launch, delayMs: 365 * 86_400_000 }, 'bad_request', '"delayMs"'],
    ['an empty tag', { ...launch, tags: ['\u0007'] }, 'bad_request', '"tags.0"'],
    ['the priority of the queue', { ...launch, priority: 1 }, 'bad_request', 'priority'],
    ['another actor', { ...launch, actor: { id: 'bo', name: 'bo' } }, 'bad_request', 'actor'],
  ])('a launch with %s is refused in words, and launches nothing', async (_case, message, code, words) => {
    const { connect, rowlock } = await rig({ tasks: [task] });
    const ann = await connect('ann');
    const { error } = await ann.sendRaw('launch', message);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect((await rowlock.tasks.list()).tasks).toEqual([]);
  });

  it('a launch, a preview and a retry count as 10 messages each', async () => {
    const { connect } = await rig({ tasks: [task], sessions: { limits: { messagesPer10s: 30 } } });
    const ann = await connect('ann');
    await launched(ann);
    expect(await ann.send('preview', launch)).toMatchObject({ ok: true });
    expect(await ann.send('retry', { taskId: 'unknown' })).toMatchObject({ error: { code: 'not_found' } });
    expect(await ann.send('confirm', {})).toMatchObject({ ok: false, error: { code: 'rate_limited' } });
  });
});

describe('a launch under the lease of the tab', () => {
  it('the lease becomes the lease of the task, with its records, and the tab is notified', async () => {
    const { connect } = await rig({ tasks: [task] });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await watch(bo, 'cities/1', 'cities/2');
    const lease = await acquire(ann, 'cities/1');
    const answer = await launched(ann, { ...launch, lease, idempotencyKey: 'once' });
    expect(answer.task).toMatchObject({ leaseId: lease.leaseId, recordCount: 2 });
    // Repeated after its answer was lost: the lease is no longer the tab's, and the task is found all the same.
    expect((await launched(ann, { ...launch, lease, idempotencyKey: 'once' })).task.id).toBe(answer.task.id);
    await until(() => ann.lost.length === 1, { what: 'the word of the transfer', timeoutMs: 20_000 });
    expect(ann.lost).toEqual([{ leaseId: lease.leaseId, reason: 'transferred' }]);
    const seen = bo.changes.flatMap(({ records }) => records['cities/1'] ?? []);
    expect(new Set(seen)).toEqual(new Set([lease.leaseId]));
  });

  it('P4: neither a forged secret nor the lease of another user launches a task', async () => {
    const { connect, rowlock } = await rig({ tasks: [task] });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const lease = await acquire(ann, 'cities/1');
    const forged = { ...lease, secret: 'f'.repeat(24) };
    expect(await ann.send('launch', { ...launch, lease: forged })).toMatchObject({ ok: false });
    expect(await bo.send('launch', { ...launch, lease })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
    expect((await rowlock.tasks.list()).tasks).toEqual([]);
    expect(await ann.send('release', lease)).toEqual({ ok: true, recordCount: 0 });
  });

  it('P2: a refused launch leaves the lease to the tab, with the records that it had', async () => {
    const { connect, rowlock } = await rig({ tasks: [task] });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const lease = await acquire(ann, 'cities/1');
    await acquire(bo, 'cities/3');
    const answer = await ann.send('launch', { task: 'reporting', input: { ids: ['1', '2', '3'] }, lease });
    expect(answer).toMatchObject({ ok: false, error: { code: 'conflict' } });
    const { held } = await rowlock.locks.check(['cities/1', 'cities/2']);
    expect([...held]).toEqual([['cities/1', [lease.leaseId]]]);
    expect(await ann.send('release', lease)).toEqual({ ok: true, recordCount: 0 });
  });
});

describe('a preview', () => {
  it('a preview says what a launch would lock, and locks nothing', async () => {
    const { connect, rowlock } = await rig({ tasks: [task] });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const { leaseId } = await acquire(bo, 'cities/1');
    expect(await ann.send('preview', launch)).toMatchObject({
      ok: true,
      recordCount: 2,
      records: ['cities/1', 'cities/2'],
      freeCount: 1,
      conflicts: [{ lease: { id: leaseId } }],
      label: 'reporting',
    });
    expect((await rowlock.tasks.list()).tasks).toEqual([]);
  });
});

describe('a retry', () => {
  const failing = reportingTask({
    supportsPartial: true,
    run(ctx) {
      ctx.recordFailed('cities/2', new Error('The disk is full'));
      throw new Error('Some rows failed');
    },
  });

  it('a retry launches the failed records alone, once for each key', async () => {
    const { connect, rowlock } = await rig({ tasks: [failing] });
    await rowlock.startWorker();
    const ann = await connect('ann');
    const { task: former } = await launched(ann);
    await until(async () => (await rowlock.tasks.get(former.id))?.state === 'failed');
    const retry = { taskId: former.id, onlyFailed: true, idempotencyKey: 'again', delayMs: 60_000 };
    const answers = [await ann.send('retry', retry), await ann.send('retry', retry)];
    expect(answers[0]).toMatchObject({ ok: true, task: { retryOf: former.id, recordCount: 1 }, skipped: [] });
    expect(new Set(answers.map((answer) => answer.ok && answer.task.id)).size).toBe(1);
  });

  it('P12: a user who may not watch a task cannot retry it, and one who may not launch it neither', async () => {
    const { connect, rowlock } = await rig({
      tasks: [failing],
      authorize: ({ actor: { id }, action, task: asked }) =>
        id === 'ann' || (action === 'launch' ? id === 'bo' : !(asked && 'id' in asked && id === 'bo')),
    });
    await rowlock.startWorker();
    const [ann, bo, cy] = [await connect('ann'), await connect('bo'), await connect('cy')];
    const { task: former } = await launched(ann);
    await until(async () => (await rowlock.tasks.get(former.id))?.state === 'failed');
    for (const client of [bo, cy]) {
      expect(await client.send('retry', { taskId: former.id })).toMatchObject({
        ok: false,
        error: { code: 'forbidden' },
      });
    }
    expect(await ann.send('retry', { taskId: 'unknown' })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
  });
});
