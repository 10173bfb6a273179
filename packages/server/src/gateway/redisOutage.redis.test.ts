import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, rigOnOwnRedis, sees, watch } from '../../test/fixtures/gatewayFixture.ts';
import { leasesOn } from '../../test/fixtures/rig.ts';

describe('a gateway whose Redis goes and comes back', () => {
  it('P9: every session is notified that nothing is certain, and its view equals the server when it is certain again', async () => {
    const lone = await rigOnOwnRedis({ appendonly: 'always' }, { recovery: { graceMs: 0 } });
    const [ann, bo] = [await lone.connect('ann'), await lone.connect('bo')];
    await watch(bo, 'cities/1', 'cities/2');
    await acquire(ann, 'cities/1');
    await sees(bo, 'cities/1', 1);

    await lone.redis.kill();
    await until(() => bo.certainty.at(-1) === false, { what: 'the word that nothing is certain' });
    expect((await bo.sendRaw('acquire', { records: ['cities/2'] })).error?.code).toBe('unavailable');

    await lone.redis.restart();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    expect(leasesOn(bo, 'cities/1')).toHaveLength(1);
    await acquire(ann, 'cities/2');
    await sees(bo, 'cities/2', 1);
    expect(bo.certainty.slice(-2)).toEqual([false, true]);
  });

  it('P9: every session is notified that nothing is certain while Redis does not answer', async () => {
    const lone = await rigOnOwnRedis();
    const bo = await lone.connect('bo');
    await watch(bo, 'cities/1');
    lone.redis.pause();
    await until(() => bo.certainty.at(-1) === false, { what: 'the word that nothing is certain' });
    lone.redis.resume();
    await until(() => bo.certainty.at(-1) === true, { what: 'certainty again' });
    await acquire(await lone.connect('ann'), 'cities/1');
    await sees(bo, 'cities/1', 1);
  }, 20_000);
});
