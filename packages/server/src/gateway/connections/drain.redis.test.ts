import { until } from '@rowlock/test-utils';
import { describe, expect, it } from 'vitest';
import { acquire, gatewayFixture } from '../../../test/fixtures/gatewayFixture.ts';
import { newNamespace } from '../../../test/fixtures/rig.ts';

const { rig } = gatewayFixture();

describe('a server that stops', () => {
  it('a server that stops hands its tabs over one after the other, and their leases stay', async () => {
    const namespace = newNamespace();
    const [old, other] = [await rig({ namespace }), await rig({ namespace })];
    const tabs = [await old.connect('ann'), await old.connect('bo'), await old.connect('cy')];
    const leaseSecret = await acquire(tabs[0]!, 'cities/1');

    const ended: number[] = [];
    for (const [i, { socket }] of tabs.entries()) {
      socket.io.reconnection(false);
      socket.on('disconnect', () => ended.push(i));
    }
    const closed = old.rowlock.close({ drainMs: 900 });
    expect(await (await old.fetch('/rowlock/health')).json()).toEqual({
      redis: 'reachable',
      server: 'stopping',
    });
    await expect(old.connect('dee')).rejects.toMatchObject({ data: { code: 'unavailable' } });
    await until(() => ended.length === 1, { what: 'the first tab to be handed over' });
    expect(tabs[2]!.socket.connected).toBe(true);
    await closed;
    await until(() => ended.length === 3, { what: 'all tabs to be handed over' });
    expect(ended).toEqual([0, 1, 2]);

    expect((await other.rowlock.locks.check(['cities/1'])).held.size).toBe(1);
    const ann = await other.connect('ann');
    expect(await ann.send('resume', leaseSecret)).toMatchObject({ ok: true, records: ['cities/1'] });
  });

  it('a server refuses a time of the drain that is no duration, and keeps running', async () => {
    const { rowlock, connect } = await rig();
    await expect(rowlock.close({ drainMs: -1 })).rejects.toMatchObject({ code: 'bad_request' });
    await connect('ann');
  });
});
