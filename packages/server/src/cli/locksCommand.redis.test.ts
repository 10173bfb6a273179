import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { jsonIn, rowlockProcess, useCli } from '../../test/fixtures/cliFixture.ts';

const { server, openNamespace } = useCli();

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
    const env = { REDIS_URL: server().url, ROWLOCK_NAMESPACE: namespace };
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
