/** Changes of watched records, as browsers get them. */
import type { RecordChange, RecordKey } from '@rowlock/protocol';
import { startRedis, until } from '@rowlock/test-utils';
import { describe, expect, it, onTestFinished } from 'vitest';
import { acquire, gatewayFixture, watch } from '../../../test/fixtures/gatewayFixture.ts';
import { type Client, startRig } from '../../../test/fixtures/rig.ts';
import { reportingTask } from '../../../test/fixtures/taskFixture.ts';

const { rig } = gatewayFixture();

const changesOf = ({ changes }: Client): RecordChange[] => changes.flatMap(({ changed = [] }) => changed);
const hears = (client: Client, key: RecordKey) =>
  until(() => changesOf(client).find(({ records }) => records.includes(key)), { what: `a change of ${key}` });
const put = (url: string, id: string) =>
  fetch(`${url}/cities/${id}`, { method: 'PUT', headers: { authorization: 'Bearer ann' } });

describe('a session that watches records', () => {
  it('a session gets the changes of its records, with version, author and origin, and of no others', async () => {
    const { connect, rowlock, url } = await rig();
    const bo = await connect('bo');
    const before = await watch(bo, 'cities/1', 'cities/2');
    expect(before.version).toBe(await rowlock.versions.current());
    const saved = await put(url, '1');
    const version = Number(saved.headers.get('rowlock-version'));
    expect(await hears(bo, 'cities/1')).toMatchObject({
      version,
      records: ['cities/1'],
      recordCount: 1,
      how: 'write',
      by: expect.any(String),
      actor: { id: 'ann', name: 'ann' },
      at: expect.any(Number),
    });
    await put(url, '3');
    await rowlock.changed(['cities/2', 'cities/9'], { by: 'import' });
    expect(await hears(bo, 'cities/2')).toMatchObject({
      how: 'application',
      by: 'import',
      records: ['cities/2'],
    });
    expect(changesOf(bo).flatMap(({ records }) => records)).not.toContain('cities/3');
    expect(bo.changes.at(-1)!.version).toBe(await rowlock.versions.current());
  });

  it('a session gets the change of a task before or with the end of its lock', async () => {
    const task = reportingTask();
    const { connect, rowlock } = await rig({ tasks: [task] });
    const bo = await connect('bo');
    await watch(bo, 'cities/1');
    await rowlock.startWorker();
    const { task: launched } = await rowlock.tasks.launch(
      task,
      { ids: ['1'] },
      { actor: { id: 'ann', name: 'Ann' } },
    );
    expect(await hears(bo, 'cities/1')).toMatchObject({ how: 'task', by: launched.id });
    await until(() => bo.changes.some((view) => view.records['cities/1']?.length === 0));
    const changedAt = bo.changes.findIndex(({ changed }) => changed !== undefined);
    const freeAt = bo.changes.findIndex((view) => view.records['cities/1']?.length === 0);
    expect(changedAt).toBeLessThanOrEqual(freeAt);
  });

  it('a session gets the change of a whole resource for each of its records', async () => {
    const { connect, rowlock } = await rig();
    const bo = await connect('bo');
    await watch(bo, 'cities/1', 'cities/2', 'regions/1');
    await rowlock.changed(['cities/*']);
    expect((await hears(bo, 'cities/1')).records.sort()).toEqual(['cities/1', 'cities/2']);
  });

  it('a session gets a change of its own too, and nothing of records that it no longer watches', async () => {
    const { connect, rowlock, url } = await rig();
    const ann = await connect('ann');
    await watch(ann, 'cities/1', 'cities/2');
    await acquire(ann, 'cities/5');
    await put(url, '1');
    await hears(ann, 'cities/1');
    await ann.send('unwatch', { records: ['cities/2'] });
    await rowlock.changed(['cities/1', 'cities/2']);
    await until(() => changesOf(ann).length === 2);
    expect(changesOf(ann)[1]).toMatchObject({ records: ['cities/1'], recordCount: 1 });
  });

  it('P9: a session that watches again gets the changes since the version that it knows', async () => {
    const { connect, rowlock } = await rig();
    const { version } = await watch(await connect('bo'), 'cities/1', 'cities/2');
    await rowlock.changed(['cities/1'], { by: 'first' });
    const newest = await rowlock.changed(['cities/1', 'cities/3'], { by: 'second' });
    const again = await connect('bo');
    const answer = await again.send('watch', { records: ['cities/1', 'cities/2'], since: version });
    expect(answer).toMatchObject({
      ok: true,
      changed: [{ version: newest, by: 'second', records: ['cities/1'], recordCount: 1 }],
    });
    expect(await again.send('watch', { records: ['cities/1'], since: newest })).toMatchObject({
      changed: [],
    });
    expect(await again.send('watch', { records: ['cities/1'], since: 0 })).toMatchObject({
      changed: [{ records: ['cities/1'] }],
    });
    expect(await again.sendRaw('watch', { records: [], since: -1 })).toMatchObject({
      error: { code: 'bad_request' },
    });
  });

  it('P9: a session learns after a restart of Redis that its records may have changed', async () => {
    const own = await startRedis({ appendonly: 'always' });
    const lone = await startRig(own, { recovery: { graceMs: 100 } });
    onTestFinished(() => lone.close().then(() => own.stop()));
    const bo = await lone.connect('bo');
    await watch(bo, 'cities/1');
    await own.kill();
    await own.restart();
    const change = await until(() => changesOf(bo).at(0), { timeoutMs: 15_000 });
    expect(change).toMatchObject({ records: ['cities/1'] });
    expect(change).not.toHaveProperty('by');
  }, 20_000);
});
