/** Parents and children that have lost their jobs. They share a lease and its heartbeat. */
import { recordKey } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it, type TestContext } from 'vitest';
import { z } from 'zod';
import { useSites } from '../../../../test/fixtures/reconcilerSite.ts';
import { gatedTask } from '../../../../test/fixtures/rig.ts';
import { ann } from '../../../../test/fixtures/taskFixture.ts';
import { defineTask } from '../../definition/defineTask.ts';

const { openSite } = useSites();

describe.concurrent('a parent and its children', () => {
  async function openFamily(test: TestContext, childCount: number) {
    const { task: child, gate } = gatedTask('child');
    const parent = defineTask({
      name: 'parent',
      input: z.object({ count: z.number() }),
      records: ({ count }) => Array.from({ length: count }, (_, i) => recordKey('cities', i)),
      async run(ctx, { count }) {
        for (let i = 0; i < count; i++) await ctx.launch(child, { ids: [String(i)], gate: String(i) });
      },
    });
    const revoked: string[] = [];
    const site = await openSite(test, {
      tasks: [parent, child],
      beforeRevoke: (lease) => void revoked.push(lease.id),
    });
    const launched = (await site.rowlock.tasks.launch(parent, { count: childCount }, { actor: ann })).task;
    const children = async () =>
      (await site.rowlock.tasks.list()).tasks
        .filter(({ parentId }) => parentId === launched.id)
        .sort((a, b) => a.createdAt - b.createdAt);
    return { ...site, parent: launched, gate, children, revoked };
  }

  it('P8: parent and last child end together if the child has lost its job, after beforeRevoke', async (test) => {
    const { rowlock, parent, children, queue, get, held, gate, revoked } = await openFamily(test, 1);
    const { started } = gate('0');
    const worker = await rowlock.startWorker();
    // One after the other: the run of the parent is over by then.
    await started;
    const child = (await children())[0]!;
    await worker.close(0);
    expect(await get(child.id)).toMatchObject({ state: 'retrying' });
    await (await queue.getJob(child.id))?.remove();
    await until(async () => (await get(parent.id))?.state === 'failed', { timeoutMs: 40_000 });
    expect(await get(child.id)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('vanished'),
    });
    expect(await get(parent.id)).toMatchObject({ error: '1 of 1 child tasks failed.' });
    expect(await held('0')).toBe(false);
    expect(revoked).toContain(parent.leaseId);
  }, 60_000);

  it('P6: a child that has lost its job is settled while another one renews their lease, which continues', async (test) => {
    const { rowlock, parent, children, queue, get, held, gate, revoked } = await openFamily(test, 2);
    const gates = [gate('0'), gate('1')];
    await rowlock.startWorker();
    await gates[0]!.started;
    const [running, queued] = await children();
    await (await queue.getJob(queued!.id))!.remove();
    await until(async () => (await get(queued!.id))?.state === 'failed', { timeoutMs: 40_000 });
    expect(await get(running!.id)).toMatchObject({ state: 'running', hasWorker: true });
    expect(await get(parent.id)).toMatchObject({ state: 'running' });
    expect(await held('0')).toBe(true);
    expect(revoked).toEqual([]);
    gates[0]!.finish();
    await until(async () => (await get(parent.id))?.state === 'failed');
    expect(await get(running!.id)).toMatchObject({ state: 'completed' });
    expect(await get(parent.id)).toMatchObject({ error: '1 of 2 child tasks failed.' });
  }, 60_000);
});
