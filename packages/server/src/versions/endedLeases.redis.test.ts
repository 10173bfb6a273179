/** P16 for holders that are gone: whatever they may have changed counts as changed before anybody else can write it. */
import { VERSION_HEADER } from '@rowlock/protocol';
import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { gatewayFixture } from '../../test/fixtures/gatewayFixture.ts';
import { gatedTask } from '../../test/fixtures/rig.ts';
import { REQUEST_HOLDER } from '../locks/leases/endSessionLeases.ts';

const { rig } = gatewayFixture();
const ANN = { id: 'ann', name: 'Ann' };
const BO = { id: 'bo', name: 'Bo' };
const person = (id: string, actor = ANN) => ({ type: 'person', id, label: 'Edit', actor }) as const;

const put = (url: string, id: string, version: number) =>
  fetch(`${url}/cities/${id}`, {
    method: 'PUT',
    headers: { authorization: 'Bearer bo', [VERSION_HEADER]: String(version) },
  }).then(({ status }) => status);

describe('a process that crashes between the commit of a guarded write and its note', () => {
  it('P16: the rows of the request count as changed when its lease expires', async () => {
    const { rowlock, url } = await rig();
    const loaded = await rowlock.versions.current();
    // The lease of a request whose process is gone: nobody renews it.
    const { registry } = rowlock.locks;
    const records = ['cities/1'] as const;
    await registry.acquire({ holder: person(`${REQUEST_HOLDER}gone`), records, ttlMs: 1_000 });
    await until(async () => (await rowlock.locks.check(records)).held.size === 0, { timeoutMs: 15_000 });
    expect(await put(url, '1', loaded)).toBe(409);
    expect(await put(url, '2', loaded)).toBe(200);
  }, 20_000);
});

describe('a takeover', () => {
  it('P16: a takeover counts all rows of a started task as changed, and none of a task that has not started', async () => {
    const { task, gate } = gatedTask();
    const { rowlock, url } = await rig({ tasks: [task] });
    const held = gate('a');
    await rowlock.startWorker({ concurrency: 1 });
    await rowlock.tasks.launch(task, { ids: ['1', '2'], gate: 'a' }, { actor: ANN });
    await held.started;
    await rowlock.tasks.launch(task, { ids: ['3'], gate: 'b' }, { actor: ANN });
    const loaded = await rowlock.versions.current();
    for (const id of ['1', '3']) {
      const lease = await rowlock.locks.takeOver({
        holder: person('tab', BO),
        records: [`cities/${id}`],
        by: BO,
        reason: 'Urgent',
      });
      await lease.release();
    }
    expect(await put(url, '2', loaded)).toBe(409);
    expect(await put(url, '3', loaded)).toBe(200);
  });

  it('P16: a revoke counts the rows of a request as changed, and none of an edit form', async () => {
    const { rowlock, url } = await rig();
    const loaded = await rowlock.versions.current();
    const { registry } = rowlock.locks;
    await registry.acquire({ holder: person(`${REQUEST_HOLDER}slow`), records: ['cities/1'] });
    await registry.acquire({ holder: person('tab'), records: ['cities/2'] });
    const leases = (await rowlock.locks.list()).leases.map(({ id }) => id);
    await rowlock.locks.revoke({ leaseIds: leases, by: BO, reason: 'Urgent' });
    expect(await put(url, '1', loaded)).toBe(409);
    expect(await put(url, '2', loaded)).toBe(200);
  });
});
