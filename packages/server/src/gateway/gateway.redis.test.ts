import { DEFAULT_LIMITS, type RecordKey } from '@rowlock/protocol';
import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Client, gatedTask, leasesOn, newNamespace, type Rig, startRig } from '../testing/rig.ts';

let server: TestRedis;
const rigs: Rig[] = [];
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

async function rig(options: Parameters<typeof startRig>[1] = {}): Promise<Rig> {
  const started = await startRig(server, options);
  rigs.push(started);
  return started;
}
const watch = async (client: Client, ...records: RecordKey[]) => {
  const ack = await client.send('watch', { records });
  if (!ack.ok) throw new Error(ack.error.message);
  return ack;
};
const acquire = async (client: Client, ...records: RecordKey[]) => {
  const ack = await client.send('acquire', { records, label: 'Edit' });
  if (!ack.ok) throw new Error(ack.error.message);
  return { leaseId: ack.lease.id, secret: ack.lease.secret };
};
const sees = (client: Client, key: RecordKey, count: number) =>
  until(() => leasesOn(client, key)?.length === count, { what: `${count} leases on ${key}` });

describe('watching', () => {
  it('tells at first who holds what, and then every change, to those who watch and to nobody else', async () => {
    const { connect } = await rig();
    const [ann, bo, other] = [await connect('ann'), await connect('bo'), await connect('chen')];
    const held = await acquire(ann, 'cities/1', 'cities/2');
    const view = await watch(bo, 'cities/2', 'cities/3');
    expect(view.records).toEqual({ 'cities/2': [held.leaseId], 'cities/3': [] });
    expect(view.leases).toMatchObject([
      { id: held.leaseId, holder: { type: 'person', label: 'Edit', actor: { id: 'ann' } }, recordCount: 2 },
    ]);
    await watch(other, 'cities/9');

    await ann.send('release', held);
    await sees(bo, 'cities/2', 0);
    await acquire(ann, 'cities/3');
    await sees(bo, 'cities/3', 1);
    expect(other.changes).toEqual([]);
  });

  it('sends one message for a lease over thousands of records, with only what the tab watches', async () => {
    const { connect, rowlock } = await rig();
    const bo = await connect('bo');
    await watch(bo, 'cities/5', 'cities/6', 'cities/7');
    const records = Array.from({ length: 10_000 }, (_, i) => `cities/${i}` as const);
    const holder = { type: 'person', id: 'x', label: 'Bulk', actor: { id: 'ann', name: 'Ann' } } as const;
    const lease = await rowlock.locks.acquire({ holder, records });
    await sees(bo, 'cities/5', 1);
    expect(bo.changes).toHaveLength(1);
    expect(Object.keys(bo.changes[0]!.records)).toEqual(['cities/5', 'cities/6', 'cities/7']);
    await lease.release();
    await sees(bo, 'cities/5', 0);
    expect(bo.changes).toHaveLength(2);
  });

  it('misses nothing of a lease that is taken while the snapshot is read', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    for (let round = 0; round < 30; round++) {
      const key = `cities/${round}` as const;
      const [view, lease] = await Promise.all([watch(bo, key), acquire(ann, key)]);
      await until(() => (leasesOn(bo, key) ?? view.records[key])?.includes(lease.leaseId), {
        what: `round ${round}`,
      });
    }
  });

  it('ends in the order in which it was asked, also where the answers are not awaited', async () => {
    const { connect } = await rig({
      authorize: async ({ action }) => {
        if (action === 'watch') await new Promise((resolve) => setImmediate(resolve));
        return true;
      },
    });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await Promise.all([watch(bo, 'cities/1', 'cities/2'), bo.send('unwatch', { records: ['cities/1'] })]);
    await acquire(ann, 'cities/1', 'cities/2');
    await sees(bo, 'cities/2', 1);
    expect(leasesOn(bo, 'cities/1')).toBeUndefined();
  });

  it('goes across servers: two gateways of one namespace tell the same', async () => {
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace }), await rig({ namespace })];
    const [ann, bo] = [await here.connect('ann'), await there.connect('bo')];
    await watch(bo, 'cities/1');
    const lease = await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    await ann.send('release', lease);
    await sees(bo, 'cities/1', 0);
  });

  it('brings the task that holds a watched record, its progress, and its end', async () => {
    const { task, gate } = gatedTask();
    const { connect, rowlock } = await rig({ tasks: [task] });
    const bo = await connect('bo');
    await watch(bo, 'cities/2');
    const gateA = gate('a');
    await rowlock.work();
    const { task: launched } = await rowlock.tasks.launch(
      task,
      { ids: ['1', '2'], gate: 'a' },
      { actor: { id: 'ann', name: 'Ann' } },
    );
    const told = () => bo.changes.flatMap((view) => view.tasks).findLast(({ id }) => id === launched.id);
    await until(() => told()?.progress.done === 1, { what: 'the first progress' });
    expect(leasesOn(bo, 'cities/2')).toEqual([launched.leaseId]);
    gateA.finish();
    await until(() => told()?.state === 'completed', { what: 'the end' });
    await sees(bo, 'cities/2', 0);
    // The end of the task is never told after its records are free: a screen would show a gap.
    const ended = bo.changes.findIndex((view) => view.tasks.some(({ state }) => state === 'completed'));
    const freed = bo.changes.findIndex((view) => view.records['cities/2']?.length === 0);
    expect(ended).toBeLessThanOrEqual(freed);
  });
});

describe('a tab that holds a lease', () => {
  it('P1: is refused what another holds, with all that a modal needs', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await acquire(ann, 'cities/1');
    const ack = await bo.send('acquire', { records: ['cities/1', 'cities/2'] });
    expect(ack).toMatchObject({
      ok: false,
      error: {
        code: 'conflict',
        conflicts: [{ recordCount: 1, records: ['cities/1'], lease: { holder: { actor: { name: 'ann' } } } }],
      },
    });
    const view = await watch(bo, 'cities/2');
    expect(view.records['cities/2']).toEqual([]);
  });

  it('keeps it over a reload that takes it back within the grace', async () => {
    const { connect } = await rig({ graceMs: 1_500 });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await watch(bo, 'cities/1');
    const proof = await acquire(ann, 'cities/1');
    ann.socket.disconnect();
    const again = await connect('ann');
    const ack = await again.send('resume', proof);
    expect(ack).toMatchObject({ ok: true, records: ['cities/1'] });
    // After longer than the grace it is still held: the end that the disconnect had planned did not come.
    const untilMs = performance.now() + 2_500;
    await until(() => performance.now() > untilMs || leasesOn(bo, 'cities/1')?.length === 0);
    expect(leasesOn(bo, 'cities/1')).toEqual([proof.leaseId]);
  });

  it('can ask again for its lease when the answer was lost, by the secret that it chose itself', async () => {
    const { connect } = await rig();
    const ann = await connect('ann');
    const proof = await acquire(ann, 'cities/1');
    const nextSecret = 'n'.repeat(24);
    expect(await ann.send('resume', { ...proof, nextSecret })).toMatchObject({ ok: true });
    expect(await ann.send('resume', { ...proof, nextSecret })).toMatchObject({
      ok: true,
      lease: { secret: nextSecret },
    });
    expect(await ann.send('resume', { ...proof })).toMatchObject({
      ok: false,
      error: { code: 'lease_lost' },
    });
  });

  it('frees its records within the grace when it is closed', async () => {
    const { connect } = await rig({ graceMs: 300 });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await watch(bo, 'cities/1');
    await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    ann.socket.disconnect();
    await sees(bo, 'cities/1', 0);
  });

  it('frees its records within the grace also after a write under its lease', async () => {
    const { connect, url } = await rig({ graceMs: 300 });
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    await watch(bo, 'cities/1');
    const { leaseId, secret } = await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    const headers = { authorization: 'Bearer ann', 'rowlock-lease': `${leaseId}.${secret}` };
    const written = await fetch(`${url}/cities/1`, { method: 'PUT', headers });
    expect(written.status).toBe(200);
    ann.socket.disconnect();
    await sees(bo, 'cities/1', 0);
  });

  it('frees its records after its beacon, also where its connection lingers elsewhere', async () => {
    const namespace = newNamespace();
    const [here, there] = [await rig({ namespace }), await rig({ namespace, graceMs: 300 })];
    const ann = await here.connect('ann');
    const proof = await acquire(ann, 'cities/1');
    const body = JSON.stringify({ leases: [proof] });
    const response = await fetch(`${there.url}/rowlock/leases/release`, { method: 'POST', body });
    expect(response.status).toBe(204);
    await until(() => ann.lost.length === 1);
    expect(ann.lost).toEqual([{ leaseId: proof.leaseId, reason: 'closed' }]);
  });

  it('P12: is taken back by its own actor alone, also where another knows its secret', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const proof = await acquire(ann, 'cities/1');
    expect(await bo.send('resume', proof)).toMatchObject({ ok: false, error: { code: 'lease_lost' } });
    expect(await ann.send('resume', proof)).toMatchObject({ ok: true });
  });

  it('learns that another tab has taken its lease over', async () => {
    const { connect } = await rig();
    const [ann, twin] = [await connect('ann'), await connect('ann')];
    const proof = await acquire(ann, 'cities/1');
    await twin.send('resume', proof);
    await until(() => ann.lost.length === 1);
    expect(ann.lost).toEqual([{ leaseId: proof.leaseId, reason: 'resumed elsewhere' }]);
  });

  it('P4: cannot act with a forged secret, and nobody else is affected', async () => {
    const { connect, logged } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const { leaseId } = await acquire(ann, 'cities/1');
    const forged = { leaseId, secret: 'f'.repeat(24) };
    for (const name of ['release', 'resume', 'release'] as const) {
      expect(await bo.send(name, forged)).toMatchObject({ ok: false, error: { code: 'lease_lost' } });
    }
    expect((await watch(bo, 'cities/1')).records['cities/1']).toEqual([leaseId]);
    expect(logged.filter((line) => line.includes('"release"'))).toHaveLength(1);
  });
});

describe('a forged release', () => {
  it('P4: leaves the lease with its owner, for whom the server goes on to beat', async () => {
    const { connect } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const proof = await acquire(ann, 'cities/1');
    const forged = { leaseId: proof.leaseId, secret: 'f'.repeat(24) };
    expect(await bo.send('release', forged)).toMatchObject({ ok: false, error: { code: 'lease_lost' } });
    // Only a server that still counts the lease as this tab's can tell it of the takeover.
    await (await connect('ann')).send('resume', proof);
    await until(() => ann.lost.length === 1, { what: 'the word of the takeover' });
  });
});

describe('an authorize that never answers', () => {
  it('holds up the tab that it was asked for, and no other', async () => {
    const { task } = gatedTask();
    const { connect, rowlock } = await rig({
      tasks: [task],
      authorize: ({ actor, action, task }) =>
        action === 'watch' && task && actor.id === 'bo' ? new Promise<boolean>(() => {}) : true,
    });
    const [ann, bo, chen] = [await connect('ann'), await connect('bo'), await connect('chen')];
    await rowlock.tasks.launch(task, { ids: ['9'], gate: 'a' }, { actor: { id: 'ann', name: 'Ann' } });
    bo.socket.emit('watch', { tasks: 'all' }, () => {});
    await watch(chen, 'cities/1');
    await acquire(ann, 'cities/1');
    await sees(chen, 'cities/1', 1);
  });
});

describe('bad input', () => {
  it('is answered with a clear error each, logged once, and breaks nothing', async () => {
    const { connect, logged } = await rig();
    const ann = await connect('ann');
    const codeOf = async (name: string, ...args: unknown[]) => (await ann.sendRaw(name, ...args)).error?.code;
    expect(await codeOf('watch', { records: ['Cities/1'] })).toBe('bad_request');
    expect(await codeOf('watch', { records: ['cities/'] })).toBe('bad_request');
    expect(await codeOf('watch', { records: ['cities/*'] })).toBe('bad_request');
    expect(await codeOf('watch', { records: ['planets/1'] })).toBe('unknown_resource');
    expect(await codeOf('watch', { records: 'cities/1' })).toBe('bad_request');
    expect(await codeOf('watch', 'cities/1')).toBe('bad_request');
    expect(await codeOf('watch', { records: [], extra: 1 })).toBe('bad_request');
    expect(await codeOf('acquire')).toBe('bad_request');
    expect(await codeOf('acquire', { records: ['cities/1'], mode: 'greedy' })).toBe('bad_request');
    expect(await codeOf('__proto__', {})).toBe('bad_request');
    expect(await codeOf('release', { leaseId: 'abc', secret: 'x' })).toBe('bad_request');
    const refusals = logged.filter((line) => line.includes('refused "watch"'));
    expect(refusals).toHaveLength(2);
    expect((await watch(ann, 'cities/1')).records).toEqual({ 'cities/1': [] });
  });

  it('says what a right key looks like', async () => {
    const { connect } = await rig();
    const { error } = await (await connect('ann')).sendRaw('watch', { records: ['Paris'] });
    expect(error?.message).toContain('"Paris" is not a record key. A record key is "<resource>/<id>"');
  });

  it('refuses 100,000 ids from a browser by their number, and the tab goes on', async () => {
    const { connect } = await rig();
    const ann = await connect('ann');
    const records = Array.from({ length: 100_000 }, (_, i) => `cities/${1_000_000 + i}`);
    expect((await ann.sendRaw('acquire', { records })).error?.code).toBe('too_many_records');
    expect((await ann.sendRaw('watch', { records })).error?.code).toBe('too_many_records');
    expect((await watch(ann, 'cities/1')).records).toEqual({ 'cities/1': [] });
  });

  it('ends the connection of a tab whose message is larger than allowed, logs it, and harms no other', async () => {
    const { connect, logged } = await rig();
    const [ann, bo] = [await connect('ann'), await connect('bo')];
    const gone = new Promise((resolve) => ann.socket.once('disconnect', resolve));
    ann.socket.emit('watch', { records: ['x'.repeat(DEFAULT_LIMITS.messageBytes + 1)] });
    await gone;
    await until(() => logged.some((line) => line.includes('larger than')), { what: 'the log line' });
    expect((await watch(bo, 'cities/1')).records).toEqual({ 'cities/1': [] });
  });

  it('ends the connection of a tab whose packet cannot be decoded, and logs it', async () => {
    const { connect, logged } = await rig();
    const chen = await connect('chen');
    chen.socket.io.engine.write('2/rowlock,["watch",{"records":');
    const ended =
      'the connection of chen was ended: what it sent was malformed, or larger than 2097152 bytes';
    await until(() => logged.includes(ended), { what: 'the malformed packet in the log' });
  });

  it('bounds how often a tab may ask', async () => {
    const { connect } = await rig({ limits: { messagesPer10s: 5 } });
    const ann = await connect('ann');
    const codes = await Promise.all(
      Array.from({ length: 8 }, async () => (await ann.sendRaw('unwatch', {})).error?.code),
    );
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(3);
  });
});

describe('permissions', () => {
  it('P12: nobody gets in without authentication, and is told why', async () => {
    const { connect } = await rig();
    await expect(connect('nobody')).rejects.toMatchObject({ data: { code: 'unauthenticated' } });
  });

  it('P12: who may only watch cannot acquire', async () => {
    const { connect } = await rig();
    const viewer = await connect('viewer');
    await watch(viewer, 'cities/1');
    expect((await viewer.sendRaw('acquire', { records: ['cities/1'] })).error).toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('viewer may not acquire cities/1'),
    });
  });
});

describe('a lock on what is above a watched record', () => {
  const hierarchy = {
    cities: {
      under: ['regions'],
      ancestorsOf: (ids: readonly string[]) => ids.map(() => ['regions/A'] as const),
    },
  };
  const holder = { type: 'task', id: 'x', label: 'Move region', actor: { id: 'bo', name: 'Bo' } } as const;

  it('is seen as it comes and goes, by one who came before and one who comes after', async () => {
    const { connect, rowlock } = await rig({ hierarchy });
    const ann = await connect('ann');
    await watch(ann, 'cities/1');
    const lease = await rowlock.locks.acquire({ holder, records: ['regions/A'], scope: 'subtree' });
    await sees(ann, 'cities/1', 1);
    const cy = await connect('cy');
    const ack = await cy.send('watch', { records: ['cities/1'] });
    expect(ack).toMatchObject({ ok: true, records: { 'cities/1': [lease.id] } });
    await lease.release();
    await sees(ann, 'cities/1', 0);
    await sees(cy, 'cities/1', 0);
  });

  it('is seen where it is on the whole resource', async () => {
    const { connect, rowlock } = await rig();
    const ann = await connect('ann');
    await watch(ann, 'cities/1');
    const lease = await rowlock.locks.acquire({ holder, records: ['cities/*'] });
    await sees(ann, 'cities/1', 1);
    await lease.release();
    await sees(ann, 'cities/1', 0);
  });
});

describe('when Redis goes and comes back', () => {
  it('P9: every tab is told that nothing is certain, and its view equals the server 2 s after it is back', async () => {
    const own = await startRedis({ appendonly: 'always' });
    const lone = await startRig(own, { restartGraceMs: 0 });
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    await watch(bo, 'cities/1', 'cities/2');
    await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);

    await own.kill();
    await until(() => bo.certainty.at(-1) === false, { what: 'the word that nothing is certain' });
    expect((await bo.sendRaw('acquire', { records: ['cities/2'] })).error?.code).toBe('unavailable');

    await own.restart();
    const backMs = performance.now();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    await acquire(ann, 'cities/2');
    await sees(bo, 'cities/2', 1);
    expect(performance.now() - backMs).toBeLessThan(2_000);
    expect(leasesOn(bo, 'cities/1')).toHaveLength(1);
    await lone.close();
    await own.stop();
  });

  it('P9: a Redis that is there but does not answer is no certainty either', async () => {
    const own = await startRedis();
    const lone = await startRig(own);
    const bo = await lone.connect('bo');
    await watch(bo, 'cities/1');
    own.pause();
    await until(() => bo.certainty.at(-1) === false, { what: 'the word that nothing is certain' });
    own.resume();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    await acquire(await lone.connect('ann'), 'cities/1');
    await sees(bo, 'cities/1', 1);
    await lone.close();
    await own.stop();
  }, 20_000);

  it('P9: a Redis that lost its data frees every view, and the holder learns that it lost its lease', async () => {
    const own = await startRedis();
    const lone = await startRig(own);
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    await watch(bo, 'cities/1');
    const { leaseId } = await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    await own.kill();
    await own.restart();
    await sees(bo, 'cities/1', 0);
    await until(() => ann.lost.length === 1, { what: 'the loss' });
    expect(ann.lost).toEqual([{ leaseId, reason: 'expired' }]);
    await lone.close();
    await own.stop();
  });
});
