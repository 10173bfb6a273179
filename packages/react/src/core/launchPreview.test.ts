import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { bo, lyon, paris, sent, setUpClient } from '../testSupport/clientFixture.ts';
import { PreviewObserver } from './launchPreview.ts';

async function setUp() {
  const setup = setUpClient();
  const { server, client, clock } = setup;
  server.defineTask('rename', {
    records: ({ ids }: { ids: number[] }) => ids.map((id): RecordKey => `cities/${id}`),
  });
  client.start();
  await clock.turn(0);
  const observer = new PreviewObserver({
    clock,
    records: client.records,
    ask: (input) => client.tasks.preview('rename', input),
  });
  const stop = observer.subscribe(() => {});
  return { ...setup, observer, stop };
}

describe('the preview of a launch', () => {
  it('The preview asks once the selection rests', async () => {
    const { observer, clock, server } = await setUp();
    observer.set({ ids: [1] });
    await clock.turn(200);
    observer.set({ ids: [1, 2] });
    expect(observer.get()).toEqual({ isStale: true });
    await clock.turn(300);
    expect(observer.get()).toMatchObject({ isStale: false, preview: { recordCount: 2, freeCount: 2 } });
    expect(sent(server, 'preview')).toHaveLength(1);
  });

  it('The preview asks again when somebody locks or unlocks a selected row', async () => {
    const { observer, clock, server } = await setUp();
    observer.set({ ids: [1, 2] });
    await clock.turn(1_000);
    const leaseId = server.hold([paris], { actor: bo });
    await clock.turn(1_000);
    expect(observer.get()).toMatchObject({ isStale: true, preview: { freeCount: 2 } });
    await clock.turn(2_000);
    expect(observer.get()).toMatchObject({ isStale: false, preview: { freeCount: 1 } });
    server.free(leaseId);
    await clock.turn(3_000);
    expect(observer.get()).toMatchObject({ isStale: false, preview: { freeCount: 2 } });
  });

  it('A refused preview says why, and an empty selection has no preview', async () => {
    const { observer, clock } = await setUp();
    observer.set({ ids: [] });
    await clock.turn(1_000);
    expect(observer.get()).toMatchObject({ isStale: false, error: { code: 'bad_request' } });
    observer.set(undefined);
    expect(observer.get()).toEqual({ isStale: false });
  });

  it('An observer without listeners asks and watches no more', async () => {
    const { observer, clock, server, stop } = await setUp();
    observer.set({ ids: [1] });
    await clock.turn(1_000);
    stop();
    server.hold([paris, lyon], { actor: bo });
    await clock.turn(10_000);
    expect(sent(server, 'preview')).toHaveLength(1);
  });
});
