/** A launch from code that holds the task's records itself: in a guarded handler, under `withLock`, in another task's run. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type LeaseSecret, type RecordKey, recordKey } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import express, { type RequestHandler } from 'express';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { gatedTask, type Rig } from '../../../test/fixtures/rig.ts';
import { ann, bo, reportingTask, useTasks } from '../../../test/fixtures/taskFixture.ts';
import { ConflictError, LeaseLostError } from '../../errors.ts';
import type { GuardedWrite } from '../../http/guard/guardOptions.ts';
import type { RowlockOptions } from '../../rowlockOptions.ts';
import { defineTask } from '../definition/defineTask.ts';

const { rigOf, reaches } = useTasks();

const report = reportingTask({ supportsPartial: true });
const tasks: NonNullable<RowlockOptions['tasks']> = [report];
const person = (actor = ann) => ({ type: 'person', id: `tab-${actor.id}`, label: 'Edit', actor }) as const;
const createHolder = async ({ rowlock }: Rig, record: RecordKey) =>
  (await rowlock.locks.listHolders([record])).get(record)?.[0]?.lease.holder;
const isFree = async ({ rowlock }: Rig, ...records: RecordKey[]) =>
  (await rowlock.locks.check(records)).held.size === 0;

const forms: [string, (rig: Rig, handler: RequestHandler) => RequestHandler[]][] = [
  ['guard(options)', ({ rowlock }, handler) => [rowlock.guard({ records }), handler]],
  ['guard(options, handler)', ({ rowlock }, handler) => [rowlock.guard({ records }, handler)]],
];
const records: Parameters<Rig['rowlock']['guard']>[0]['records'] = ({ params }) =>
  String(params.ids)
    .split(',')
    .map((id) => recordKey('cities', id));

/** Answers a write of Ann's to these rows by what `work` gives. */
async function write(
  rig: Rig,
  guarded: (handler: RequestHandler) => RequestHandler[],
  ids: string,
  work: (write: GuardedWrite) => Promise<unknown>,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const handler: RequestHandler = async (_request, response) => {
    response.json((await work(response.locals.rowlock as GuardedWrite)) ?? {});
  };
  const app = express().put('/cities/:ids', ...guarded(handler));
  app.use(rig.rowlock.errorHandler());
  const http = app.listen(0, '127.0.0.1');
  onTestFinished(() => void http.close());
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/cities/${ids}`;
  const response = await fetch(url, { method: 'PUT', headers: { authorization: 'Bearer ann', ...headers } });
  return { status: response.status, body: await response.json() };
}

describe.each(forms)('%s: a handler that launches a task on its own rows', (_form, guarded) => {
  it('a guarded handler transfers its lease to the task, which keeps the rows after the handler', async () => {
    const rig = await rigOf({ tasks });
    const { tasks: launcher, startWorker } = rig.rowlock;
    let signal: AbortSignal | undefined;
    let taskId = '';
    const answer = await write(
      rig,
      (handler) => guarded(rig, handler),
      '1,2',
      async (guardedWrite) => {
        ({ signal } = guardedWrite);
        expect(signal.aborted).toBe(false);
        const { task } = await launcher.launch(report, { ids: ['1', '3'] }, { actor: ann });
        taskId = task.id;
        expect(task.leaseId).toBe(guardedWrite.leaseId);
        expect(signal.reason).toBeInstanceOf(LeaseLostError);
      },
    );
    expect(answer.status).toBe(200);
    for (const record of ['cities/1', 'cities/2', 'cities/3'] as const) {
      expect(await createHolder(rig, record)).toMatchObject({ type: 'task', id: taskId });
    }
    await startWorker();
    // The rest of what the request had locked is kept, and not worked on.
    expect((await reaches(rig, taskId, 'completed')).result).toEqual({ records: ['cities/1', 'cities/3'] });
    expect(await isFree(rig, 'cities/1', 'cities/2', 'cities/3')).toBe(true);
  });

  it('a guarded handler keeps its lease if somebody else blocks the launch', async () => {
    const { task: gated } = gatedTask();
    const rig = await rigOf({ tasks: [report, gated] });
    await rig.rowlock.tasks.launch(gated, { ids: ['3'], gate: 'a' }, { actor: bo });
    await write(
      rig,
      (handler) => guarded(rig, handler),
      '1',
      async ({ signal }) => {
        const launch = rig.rowlock.tasks.launch(report, { ids: ['1', '3'] }, { actor: ann });
        const error = await launch.catch((refusal: unknown) => refusal);
        expect((error as ConflictError).conflicts.flatMap((conflict) => conflict.records)).toEqual([
          'cities/3',
        ]);
        expect(signal.aborted).toBe(false);
        expect(await createHolder(rig, 'cities/1')).toMatchObject({ type: 'person', actor: { id: 'ann' } });
      },
    );
    await until(() => isFree(rig, 'cities/1'), { what: 'the row to be free' });
  });

  it('a guarded handler keeps its lease if the task is on other rows', async () => {
    const rig = await rigOf({ tasks });
    await write(
      rig,
      (handler) => guarded(rig, handler),
      '1',
      async ({ leaseId, signal }) => {
        const { task } = await rig.rowlock.tasks.launch(report, { ids: ['2'] }, { actor: ann });
        expect(task.leaseId).not.toBe(leaseId);
        expect(signal.aborted).toBe(false);
      },
    );
    await until(() => isFree(rig, 'cities/1'), { what: 'the row to be free' });
  });

  it("a guarded handler transfers the form's lease to the task if the request was made under it", async () => {
    const rig = await rigOf({ tasks });
    const acquired = await rig.rowlock.locks.registry.acquire({ holder: person(), records: ['cities/1'] });
    const header = { 'Rowlock-Lease': `${acquired.id}.${acquired.secret}` };
    const work = async ({ signal }: GuardedWrite) => {
      const { task } = await rig.rowlock.tasks.launch(report, { ids: ['1'] }, { actor: ann });
      expect(task.leaseId).toBe(acquired.id);
      expect(signal.reason).toBeInstanceOf(LeaseLostError);
    };
    expect(await write(rig, (handler) => guarded(rig, handler), '1', work, header)).toMatchObject({
      status: 200,
    });
    expect(await createHolder(rig, 'cities/1')).toMatchObject({ type: 'task' });
  });

  it.each([0, 100])('a guarded handler can use runOrLaunch with threshold %i', async (threshold) => {
    const rig = await rigOf({ tasks });
    await rig.rowlock.startWorker();
    const { body } = await write(
      rig,
      (handler) => guarded(rig, handler),
      '1,2',
      async () => {
        const { task } = await rig.rowlock.tasks.runOrLaunch(
          report,
          { ids: ['1'] },
          { actor: ann, threshold },
        );
        return { taskId: task.id };
      },
    );
    const { taskId } = body as { taskId: string };
    expect((await reaches(rig, taskId, 'completed')).result).toEqual({ records: ['cities/1'] });
    await until(() => isFree(rig, 'cities/1', 'cities/2'), { what: 'the rows to be free' });
  });

  it("a guarded handler launches for another user, since the lease is the handler's own", async () => {
    const rig = await rigOf({ tasks });
    const answer = await write(
      rig,
      (handler) => guarded(rig, handler),
      '1',
      async () => {
        const { task } = await rig.rowlock.tasks.launch(report, { ids: ['1'] }, { actor: bo });
        return { actor: task.actor };
      },
    );
    expect(answer).toEqual({ status: 200, body: { actor: bo } });
  });
});

describe('work under withLock that launches a task on its own rows', () => {
  it('work under withLock transfers its lease to the task, also from nested work, and loses it', async () => {
    const rig = await rigOf({ tasks });
    const { locks, tasks: launcher } = rig.rowlock;
    const launched = await locks.withLock({ holder: person(), records: ['cities/1'] }, async (lease) => {
      const { task } = await locks.withLock({ records: ['cities/2'] }, () =>
        launcher.launch(report, { ids: ['1', '2'] }, { actor: ann }),
      );
      expect(task.leaseId).toBe(lease.id);
      expect(lease.signal.reason).toBeInstanceOf(LeaseLostError);
      // Later code conflicts with the task, like any other code.
      const more = locks.withLock({ holder: person(), records: ['cities/2'] }, async () => 'never');
      await expect(more).rejects.toBeInstanceOf(ConflictError);
      const other = await locks.withLock({ holder: person(), records: ['cities/9'] }, async ({ id }) => id);
      expect(other).not.toBe(lease.id);
      return task;
    });
    expect(await createHolder(rig, 'cities/1')).toMatchObject({ type: 'task', id: launched.id });
  });

  it('a launch with skip gets all free rows and the own rows of the work', async () => {
    const { task: gated } = gatedTask();
    const rig = await rigOf({ tasks: [report, gated] });
    const { locks, tasks: launcher, startWorker } = rig.rowlock;
    const taken = await launcher.launch(gated, { ids: ['2'], gate: 'a' }, { actor: bo });
    const { task, skipped } = await locks.withLock(
      { holder: person(), records: ['cities/1', 'cities/5'] },
      () => launcher.launch(report, { ids: ['1', '2', '3'] }, { actor: ann, onConflict: 'skip' }),
    );
    expect(skipped).toEqual(['cities/2']);
    await launcher.cancel(taken.task.id, { actor: bo });
    await startWorker();
    expect((await reaches(rig, task.id, 'completed')).result).toEqual({ records: ['cities/1', 'cities/3'] });
  });

  it('work that holds the rows under two leases is refused, and keeps both', async () => {
    const rig = await rigOf({ tasks });
    const { locks, tasks: launcher } = rig.rowlock;
    await locks.withLock({ holder: person(), records: ['cities/1'] }, async (outer) => {
      await locks.withLock({ holder: person(bo), records: ['cities/2'] }, async (inner) => {
        const launch = launcher.launch(report, { ids: ['1', '2'] }, { actor: ann });
        await expect(launch).rejects.toThrow('under 2 leases, and only one lease can become');
        expect([outer.signal.aborted, inner.signal.aborted]).toEqual([false, false]);
      });
    });
  });

  it('a waiting task gets the rows when the work has ended', async () => {
    const rig = await rigOf({ tasks });
    const { locks, tasks: launcher, startWorker } = rig.rowlock;
    await startWorker();
    const { task } = await locks.withLock({ holder: person(), records: ['cities/1'] }, async (lease) => {
      const launched = await launcher.launch(report, { ids: ['1'] }, { actor: ann, onConflict: 'wait' });
      expect(launched.task.state).toBe('waiting');
      expect(lease.signal.aborted).toBe(false);
      return launched;
    });
    await reaches(rig, task.id, 'completed');
  });

  it('work that has ended has no lease to transfer: its timer meets a conflict', async () => {
    const rig = await rigOf({ tasks });
    const { locks, tasks: launcher } = rig.rowlock;
    let begin = () => {};
    const started = new Promise<void>((resolve) => {
      begin = resolve;
    });
    let late: Promise<unknown> = Promise.resolve();
    await locks.withLock({ holder: person(), records: ['cities/1'] }, async () => {
      late = started.then(() => launcher.launch(report, { ids: ['1'] }, { actor: ann }));
      late.catch(() => {});
    });
    await locks.acquire({ holder: person(bo), records: ['cities/1'] });
    begin();
    await expect(late).rejects.toBeInstanceOf(ConflictError);
  });
});

describe('an explicit lease', () => {
  it('a launch under an explicit lease of somebody else is refused', async () => {
    const rig = await rigOf({ tasks });
    const acquired = await rig.rowlock.locks.registry.acquire({ holder: person(bo), records: ['cities/1'] });
    const lease: LeaseSecret = { leaseId: acquired.id, secret: acquired.secret };
    const launch = rig.rowlock.tasks.launch(report, { ids: ['1'] }, { actor: ann, lease });
    await expect(launch).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('a run that launches a task on its own rows', () => {
  const parentOf = (launch: (rig: Rig, ctx: Parameters<typeof report.run>[0]) => Promise<unknown>) => {
    const holder: { rig?: Rig } = {};
    const parent = defineTask({
      name: 'parent',
      input: z.object({}),
      records: () => ['cities/1'],
      run: async (ctx) => void (await launch(holder.rig!, ctx)),
    });
    return { parent, holder };
  };

  it('a run that uses tasks.launch on its own rows is refused with advice, not with a conflict', async () => {
    const { parent, holder } = parentOf((rig) =>
      rig.rowlock.tasks.launch(report, { ids: ['1'] }, { actor: ann }),
    );
    const rig = await rigOf({ tasks: [report, parent] });
    holder.rig = rig;
    await rig.rowlock.startWorker();
    const { task } = await rig.rowlock.tasks.launch(parent, {}, { actor: ann });
    expect((await reaches(rig, task.id, 'failed')).error).toMatch(
      /This code is the run of task .* Launch it with ctx\.launch/,
    );
  });

  it('a run that uses ctx.launch shares its lease, also for rows that nested work has locked', async () => {
    const { parent, holder } = parentOf((rig, ctx) =>
      rig.rowlock.locks.withLock({ records: ['cities/2'] }, () => ctx.launch(report, { ids: ['1', '2'] })),
    );
    const rig = await rigOf({ tasks: [report, parent] });
    holder.rig = rig;
    await rig.rowlock.startWorker();
    const { task } = await rig.rowlock.tasks.launch(parent, {}, { actor: ann });
    await reaches(rig, task.id, 'completed');
  });
});
