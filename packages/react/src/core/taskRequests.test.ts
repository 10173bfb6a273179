import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { bo, drop, lyon, paris, sent, setUpClient, setUpTabs } from '../testSupport/clientFixture.ts';

async function setUpLauncher() {
  const setup = setUpClient();
  const { server, client, clock } = setup;
  server.defineTask('rename', {
    records: ({ ids }: { ids: number[] }) => ids.map((id): RecordKey => `cities/${id}`),
    label: ({ ids }) => `Rename ${ids.length} cities`,
    tags: () => ['names'],
    supportsPartial: true,
  });
  const stop = client.start();
  await clock.turn(0);
  return { ...setup, stop };
}
const both = { ids: [1, 2] };

describe('a launch', () => {
  it('A launch locks the records, and its task is known at once', async () => {
    const { server, client, clock } = await setUpLauncher();
    const list = client.tasks.list();
    list.watch(() => {});
    await clock.turn(0);
    const outcome = await client.tasks.launch('rename', both, { tags: ['by hand'] });
    expect(outcome).toMatchObject({
      ok: true,
      task: { label: 'Rename 2 cities', state: 'queued', attempt: 0, tags: ['names', 'by hand'] },
      skipped: [],
      conflicts: [],
      conflictCount: 0,
    });
    expect(list.get().tasks).toHaveLength(1);
    expect(server.leasesOn(paris)).toMatchObject([{ holder: { type: 'task' }, recordCount: 2 }]);
  });

  it('A refused launch names the conflicts, and launches nothing', async () => {
    const { server, client } = await setUpLauncher();
    server.hold([paris], { actor: bo, label: 'Edit Paris' });
    const outcome = await client.tasks.launch('rename', both);
    expect(outcome).toMatchObject({
      ok: false,
      error: {
        code: 'conflict',
        conflicts: [{ lease: { holder: { label: 'Edit Paris' } }, records: [paris] }],
      },
    });
    expect(server.leasesOn(lyon)).toEqual([]);
  });

  it('A launch skips blocked records, or waits for them, in the order of the launches', async () => {
    const { server, client, clock } = await setUpLauncher();
    const held = server.hold([paris], { actor: bo });
    expect(await client.tasks.launch('rename', both, { onConflict: 'skip' })).toMatchObject({
      task: { recordCount: 1 },
      skipped: [paris],
      conflictCount: 1,
    });
    const first = await client.tasks.launch('rename', { ids: [1] }, { onConflict: 'wait' });
    const second = await client.tasks.launch('rename', { ids: [1] }, { onConflict: 'wait', waitMs: 60_000 });
    expect([first, second]).toMatchObject([
      { task: { state: 'waiting', position: 1, recordCount: 1 } },
      { task: { state: 'waiting', position: 2 }, conflicts: [{ lease: { id: held } }, { isWaiting: true }] },
    ]);
    if (!first.ok || !second.ok) throw new Error('Both wait');
    server.free(held);
    expect(server.task(first.task.id)).toMatchObject({ state: 'queued', position: undefined });
    expect(server.leasesOn(paris).map(({ id }) => id)).toEqual([first.task.leaseId]);
    expect(server.task(second.task.id)).toMatchObject({ state: 'waiting', position: 1 });
    await clock.turn(60_000);
    expect(server.task(second.task.id)).toMatchObject({ state: 'failed' });
  });

  it.each([
    ['an unknown name', 'rename all', both, {}, 'not_found'],
    ['a malformed input', 'rename', {}, {}, 'bad_request'],
    ['nothing to do', 'rename', { ids: [] }, {}, 'bad_request'],
    ['a time to wait without waiting', 'rename', both, { waitMs: 5 }, 'bad_request'],
    ['no lease to transfer', 'rename', both, { lease: [paris] }, 'lease_lost'],
  ] as const)('A launch with %s is refused', async (_case, name, input, options, code) => {
    const { client } = await setUpLauncher();
    expect(await client.tasks.launch(name, input, options)).toMatchObject({ ok: false, error: { code } });
  });

  it('A launch whose answer is lost is sent again with the same key, and launches one task', async () => {
    const { server, transport, client, clock } = await setUpLauncher();
    server.delayMs = 50;
    const launch = client.tasks.launch('rename', both);
    await clock.turn(10);
    // The server has launched it, and its answer is still on its way.
    await drop(transport, clock);
    await clock.turn(1_000);
    transport.reconnect();
    await clock.turn(1_000);
    const outcome = await launch;
    expect(outcome).toMatchObject({ ok: true });
    const [first, second] = sent(server, 'launch');
    expect(second).toEqual(first);
    expect(first?.idempotencyKey).toMatch(/^[0-9a-f]{36}$/);
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('A launch is repeated while the server does not see Redis, for 20 s, and then reported as unknown', async () => {
    const { server, client, clock } = await setUpLauncher();
    server.setCertain(false);
    const launch = client.tasks.launch('rename', both, { idempotencyKey: 'mine' });
    for (let second = 0; second < 31; second += 1) await clock.turn(1_000);
    const outcome = await launch;
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'unavailable', message: expect.stringContaining('the task may be launched or not') },
    });
    expect(new Set(sent(server, 'launch').map(({ idempotencyKey }) => idempotencyKey))).toEqual(
      new Set(['mine']),
    );
    expect(sent(server, 'launch').length).toBeGreaterThan(3);
  });

  it('A launch is not repeated after the client has stopped', async () => {
    const { server, transport, client, clock, stop } = await setUpLauncher();
    transport.cutSilently();
    const launch = client.tasks.launch('rename', both);
    await clock.turn(0);
    stop();
    await clock.turn(2_000);
    expect(await launch).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect(sent(server, 'launch')).toEqual([]);
  });

  it('Two launches without a key are two tasks', async () => {
    const { client } = await setUpLauncher();
    const outcomes = [
      await client.tasks.launch('rename', { ids: [1] }),
      await client.tasks.launch('rename', { ids: [2] }),
    ];
    expect(new Set(outcomes.map((outcome) => outcome.ok && outcome.task.id)).size).toBe(2);
  });
});

describe('a launch under a lease of the tab', () => {
  it("The form's lease becomes the task's, and the form is notified at once", async () => {
    const { server, client, clock } = await setUpLauncher();
    const form = client.leases.hold([paris]);
    await clock.turn(0);
    const outcome = await client.tasks.launch('rename', both, { lease: [paris] });
    expect(form.getState()).toEqual({ kind: 'lost', reason: 'transferred' });
    if (!outcome.ok) throw outcome.error;
    expect(server.leasesOn(paris)).toMatchObject([{ id: outcome.task.leaseId, recordCount: 2 }]);
    await clock.turn(0);
    await form.release('now');
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('A launch that is repeated on a new connection proves the lease by its new secret', async () => {
    const { server, transport, client, clock } = await setUpLauncher();
    client.leases.hold([paris]);
    await clock.turn(0);
    // The message is lost with the connection, before the server has it.
    transport.cutSilently();
    const launch = client.tasks.launch('rename', both, { lease: [paris] });
    await clock.turn(0);
    await drop(transport, clock);
    transport.reconnect();
    await clock.turn(1_000);
    expect(await launch).toMatchObject({ ok: true, task: { recordCount: 2 } });
    expect(server.leasesOn(paris)).toMatchObject([{ holder: { type: 'task' } }]);
  });

  it('A refused launch leaves the lease to the form', async () => {
    const { server, client, clock } = await setUpLauncher();
    server.hold([lyon], { actor: bo });
    const form = client.leases.hold([paris]);
    await clock.turn(0);
    expect(await client.tasks.launch('rename', both, { lease: [paris] })).toMatchObject({
      error: { code: 'conflict', conflicts: [{ records: [lyon] }] },
    });
    expect(form.getState().kind).toBe('held');
  });

  it('An earlier launch with the same key leaves the lease to the form', async () => {
    const { client, clock } = await setUpLauncher();
    await client.tasks.launch('rename', { ids: [2] }, { idempotencyKey: 'mine' });
    const form = client.leases.hold([paris]);
    await clock.turn(0);
    await client.tasks.launch('rename', { ids: [1] }, { idempotencyKey: 'mine', lease: [paris] });
    expect(form.getState().kind).toBe('held');
  });
});

describe('a preview, a retry and a cancel', () => {
  it('A preview counts the free records, and locks nothing', async () => {
    const { server, client } = await setUpLauncher();
    server.hold([paris], { actor: bo });
    expect(await client.tasks.preview('rename', both)).toMatchObject({
      ok: true,
      recordCount: 2,
      records: [paris, lyon],
      freeCount: 1,
      conflicts: [{ records: [paris] }],
      label: 'Rename 2 cities',
    });
    expect(server.leasesOn(lyon)).toEqual([]);
  });

  it('A retry launches an ended task again, or only its failed records', async () => {
    const { server, client } = await setUpLauncher();
    const launched = await client.tasks.launch('rename', both);
    if (!launched.ok) throw launched.error;
    const { id } = launched.task;
    expect(await client.tasks.retry(id)).toMatchObject({ ok: false, error: { code: 'bad_request' } });
    server.failRecords(id, [lyon]);
    server.endTask(id, 'failed', 'Some rows failed');
    const partial = await client.tasks.retry(id, { onlyFailed: true });
    expect(partial).toMatchObject({ ok: true, task: { retryOf: id, recordCount: 1, state: 'queued' } });
    if (partial.ok) server.endTask(partial.task.id);
    expect(await client.tasks.retry(id)).toMatchObject({ ok: true, task: { retryOf: id, recordCount: 2 } });
  });

  it('A cancel ends a task that no worker runs, and asks a running one to stop', async () => {
    const { server, client } = await setUpLauncher();
    const launched = await client.tasks.launch('rename', { ids: [1] });
    if (!launched.ok) throw launched.error;
    expect(await client.tasks.cancel(launched.task.id)).toMatchObject({ task: { state: 'cancelled' } });
    const running = server.startTask({ label: 'Rename', records: [lyon] });
    expect(await client.tasks.cancel(running.id)).toMatchObject({
      task: { state: 'running', cancelRequested: true },
    });
  });

  it('Each user has keys of their own', async () => {
    const { server, openTab, clock } = setUpTabs();
    server.defineTask('rename', { records: ({ id }: { id: number }) => [`cities/${id}`] });
    const [annsTab, bosTab] = [openTab(), openTab(bo)];
    await clock.turn(0);
    const anns = await annsTab.client.tasks.launch('rename', { id: 1 }, { idempotencyKey: 'mine' });
    const bos = await bosTab.client.tasks.launch('rename', { id: 2 }, { idempotencyKey: 'mine' });
    expect(anns.ok && bos.ok && anns.task.id !== bos.task.id).toBe(true);
  });
});
