import { until } from '@rowlock/test-utils';
import { Redis } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { acquire, rigOnOwnRedis, sees, watch } from '../../test/fixtures/gatewayFixture.ts';
import { leasesOn } from '../../test/fixtures/rig.ts';

describe('the lease of a tab, if a restart of Redis loses data', () => {
  it.each([
    { loses: 'all its data', saves: false },
    { loses: 'its newest data', saves: true },
  ])('P6: a tab that lives keeps its lease if Redis restarts and $loses is gone', async ({ saves }) => {
    const lone = await rigOnOwnRedis({ args: ['--save', '3600 100000000'] });
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    if (saves) await save(lone.redis.url);
    await watch(bo, 'cities/1');
    const { leaseId, secret } = await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    bo.certainty.length = 0;
    await lone.redis.kill();
    await lone.redis.restart();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    expect(leasesOn(bo, 'cities/1')).toEqual([leaseId]);
    expect(ann.lost).toEqual([]);
    const headers = { authorization: 'Bearer ann', 'rowlock-lease': `${leaseId}.${secret}` };
    expect((await fetch(`${lone.url}/cities/1`, { method: 'PUT', headers })).status).toBe(200);
  });

  it('P6: a tab that reconnects after Redis has lost its data gets its lease back', async () => {
    const lone = await rigOnOwnRedis();
    const ann = await lone.connect('ann');
    const leaseSecret = await acquire(ann, 'cities/1');
    ann.socket.disconnect();
    await lone.redis.kill();
    await lone.redis.restart();
    const again = await lone.connect('ann');
    expect(await again.send('resume', leaseSecret)).toMatchObject({
      ok: true,
      lease: { id: leaseSecret.leaseId },
      records: ['cities/1'],
    });
  });

  it('P4: a tab whose lease ended before Redis lost its data does not get it back', async () => {
    const lone = await rigOnOwnRedis({}, { sessions: { disconnectGraceMs: 100 } });
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    await watch(bo, 'cities/1');
    const leaseSecret = await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);
    ann.socket.disconnect();
    await sees(bo, 'cities/1', 0);
    bo.certainty.length = 0;
    await lone.redis.kill();
    await lone.redis.restart();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    const again = await lone.connect('ann');
    expect(await again.send('resume', leaseSecret)).toMatchObject({
      ok: false,
      error: { code: 'lease_lost' },
    });
  });
});

async function save(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.save();
  redis.disconnect();
}
