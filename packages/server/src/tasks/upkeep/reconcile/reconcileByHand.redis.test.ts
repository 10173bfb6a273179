/** `rowlock.reconcile`, as an application or the program calls it. */
import { describe, expect, it } from 'vitest';
import { useSites } from '../../../../test/fixtures/reconcilerSite.ts';

const { openSite, redis } = useSites();

describe.concurrent('reconciling by hand', () => {
  it('P8: rowlock.reconcile settles tasks whose jobs were removed, and reports what it did and why', async (test) => {
    const site = await openSite(test);
    const [gone, queued] = [await site.launch('1'), await site.launch('2')];
    await (await site.queue.getJob(gone))!.remove();
    const waited: string[] = [];
    const { outcomes, unconfirmed } = await site.rowlock.reconcile({
      onWait: (waits) => waited.push(...waits.map(({ id, reason }) => `${id}: ${reason}`)),
    });
    expect(unconfirmed).toEqual([]);
    expect(outcomes.filter(({ action }) => action === 'settled')).toEqual([
      {
        subject: 'task',
        id: gone,
        action: 'settled',
        state: 'failed',
        reason: 'its job has vanished from the queue',
      },
    ]);
    expect(await site.held('1')).toBe(false);
    expect(await site.held('2')).toBe(true);
    expect(waited).toContainEqual(
      expect.stringMatching(new RegExp(`^${gone}: .* without a heartbeat for \\d+ s of 10 s`)),
    );
    expect(waited.join()).not.toContain(queued);
  }, 40_000);

  it('rowlock.reconcile does nothing and waits for no second look if every job exists', async (test) => {
    const site = await openSite(test);
    await site.launch('1');
    await site.rowlock.startWorker();
    const waited: string[] = [];
    const { unconfirmed } = await site.rowlock.reconcile({
      onWait: (waits) => waited.push(...waits.map(({ id }) => id)),
    });
    expect(unconfirmed).toEqual([]);
    // Of no task or lease; the look that reads the heartbeats for the first time goes by "*".
    expect(waited.filter((id) => id !== '*')).toEqual([]);
  });

  it('rowlock.reconcile removes ids without stored tasks from the list', async (test) => {
    const site = await openSite(test);
    await redis().sadd(site.keys.openTasks, 'lost');
    const { outcomes } = await site.rowlock.reconcile();
    const lost = {
      subject: 'task',
      id: 'lost',
      action: 'forgotten',
      reason: 'it is no longer stored',
    };
    expect([...outcomes, lost]).toContainEqual(lost);
    expect(await redis().smembers(site.keys.openTasks)).toEqual([]);
  });
});
