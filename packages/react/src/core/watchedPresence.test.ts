import { describe, expect, it, vi } from 'vitest';
import { ann, bo, lyon, memoryStorage, paris, sent, setUpTabs } from '../testSupport/clientFixture.ts';

/** Tabs of Ann and of Bo, which are connected. */
async function setUpTwo() {
  const { clock, server, openTab } = setUpTabs();
  const anns = openTab(ann, memoryStorage());
  const bos = openTab(bo, memoryStorage());
  await clock.turn(0);
  return { clock, server, openTab, anns, bos };
}

describe('presence', () => {
  it('A tab sees who else looks at a record, when they come and when they go', async () => {
    const { clock, anns, bos } = await setUpTwo();
    const listener = vi.fn();
    anns.client.presence.watch([paris, lyon], listener);
    expect(anns.client.presence.get(paris)).toMatchObject({ isStale: true, count: 0 });
    await clock.turn(0);
    expect(anns.client.presence.get(paris)).toEqual({ isStale: false, actors: [], count: 0 });
    listener.mockClear();
    const stop = bos.client.presence.watch([paris], () => {});
    await clock.turn(0);
    expect(anns.client.presence.get(paris)).toMatchObject({ actors: [bo], count: 1 });
    expect(bos.client.presence.get(paris)).toMatchObject({ actors: [ann], count: 1 });
    expect(anns.client.presence.get(lyon)).toMatchObject({ count: 0 });
    expect(listener).toHaveBeenCalledTimes(1);
    stop();
    await clock.turn(1_000);
    expect(anns.client.presence.get(paris)).toMatchObject({ actors: [], count: 0 });
    bos.client.presence.watch([paris], () => {});
    await clock.turn(0);
    bos.transport.disconnect();
    await clock.turn(0);
    expect(anns.client.presence.get(paris)).toMatchObject({ count: 0 });
  });

  it('A tab that only watches the locks of a record is not seen', async () => {
    const { clock, server, anns, bos } = await setUpTwo();
    anns.client.presence.watch([paris], () => {});
    bos.client.records.watch([paris], () => {});
    await clock.turn(0);
    expect(anns.client.presence.get(paris)).toMatchObject({ count: 0 });
    expect(sent(server, 'watch').filter(({ presence }) => presence !== undefined)).toHaveLength(1);
  });

  it('P9: a tab is a viewer again after a reconnect, and knows the others', async () => {
    const { clock, anns, bos } = await setUpTwo();
    anns.client.presence.watch([paris], () => {});
    bos.client.presence.watch([paris], () => {});
    await clock.turn(0);
    anns.transport.disconnect();
    await clock.turn(0);
    expect(anns.client.presence.get(paris)).toMatchObject({ isStale: true, count: 1 });
    expect(bos.client.presence.get(paris)).toMatchObject({ count: 0 });
    anns.transport.reconnect();
    await clock.turn(0);
    expect(anns.client.presence.get(paris)).toMatchObject({ isStale: false, actors: [bo] });
    expect(bos.client.presence.get(paris)).toMatchObject({ actors: [ann] });
  });

  it('Two tabs of one user are one viewer, and the user sees their own other tab', async () => {
    const { clock, openTab, anns, bos } = await setUpTwo();
    const again = openTab(bo, memoryStorage());
    await clock.turn(0);
    anns.client.presence.watch([paris], () => {});
    for (const { client } of [bos, again]) client.presence.watch([paris], () => {});
    await clock.turn(0);
    expect(anns.client.presence.get(paris)).toMatchObject({ actors: [bo], count: 1 });
    expect(again.client.presence.get(paris)).toMatchObject({ actors: [ann, bo], count: 2 });
  });
});
