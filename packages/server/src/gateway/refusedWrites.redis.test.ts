import { startRedis, type TestRedis, until } from '@rowlock/test-utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquire, sees, watch } from '../../test/fixtures/gatewayFixture.ts';
import { REFUSALS } from '../../test/fixtures/refusals.ts';
import { leasesOn, startRig } from '../../test/fixtures/rig.ts';

let server: TestRedis;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe.each(REFUSALS)('a Redis that answers reads and refuses writes because $reason', (refusal) => {
  it('P9, P11: screens say that they are not certain, guarded writes get 503, and holders keep their rows', async () => {
    const rig = await startRig(server);
    try {
      const [ann, bo] = [await rig.connect('ann'), await rig.connect('bo')];
      await watch(bo, 'cities/1', 'cities/2');
      const lease = await acquire(ann, 'cities/1');
      await sees(bo, 'cities/1', 1);
      const leaseSecret = { 'Rowlock-Lease': `${lease.leaseId}.${lease.secret}` };
      const put = (id: string, user: string, headers: Record<string, string> = {}) =>
        fetch(`${rig.url}/cities/${id}`, {
          method: 'PUT',
          headers: { authorization: `Bearer ${user}`, ...headers },
        });

      await refusal.begin(server);
      try {
        await until(() => bo.certainty.at(-1) === false, {
          what: 'the word that nothing is certain',
          timeoutMs: 10_000,
        });
        const hello = new Promise((resolve) => bo.socket.once('hello', resolve));
        bo.socket.disconnect().connect();
        expect(await hello).toMatchObject({ certain: false });
        const answers = await Promise.all([put('1', 'ann', leaseSecret), put('2', 'bo')]);
        expect(answers.map(({ status }) => status)).toEqual([503, 503]);
      } finally {
        await refusal.end(server);
      }

      await until(() => bo.certainty.at(-1) === true, { what: 'certainty again', timeoutMs: 10_000 });
      await watch(bo, 'cities/1');
      expect((await put('1', 'ann', leaseSecret)).status).toBe(200);
      expect((await put('1', 'bo')).status).toBe(409);
      expect(leasesOn(bo, 'cities/1')).toHaveLength(1);
      expect(ann.lost).toEqual([]);
    } finally {
      await rig.close();
    }
  }, 30_000);
});
