import type { SameUser } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { ann, paris } from '../testSupport/clientFixture.ts';
import { createRowlockClient } from './client.ts';
import { LockObserver } from './lockObserver.ts';

function setUpForms(sameUser: SameUser) {
  const clock = createTurnableClock();
  const server = new MemoryServer({ clock, sameUser });
  /** A tab of Ann with a form that holds Paris */
  const openForm = () => {
    const client = createRowlockClient({
      transport: createMemoryTransport({ server, actor: ann }),
      clock,
      storage: null,
    });
    client.start();
    const losses: string[] = [];
    const observer = new LockObserver(client, [paris], { onLost: (reason) => losses.push(reason) });
    observer.subscribe(() => {});
    return { observer, losses, close: observer.hold() };
  };
  return { clock, server, openForm };
}

describe('a second tab of the same user', () => {
  it('separate: The form says that the user holds the row in another tab, and gets it when that tab is closed', async () => {
    const { clock, openForm } = setUpForms('separate');
    const first = openForm();
    await clock.turn(100);
    const second = openForm();
    await clock.turn(100);
    expect(second.observer.getState()).toMatchObject({
      status: 'blocked',
      conflicts: [{ isSameUser: true }],
      error: { conflicts: [{ isSameUser: true }] },
    });
    first.close();
    await clock.turn(2_000);
    expect(second.observer.getState().status).toBe('held');
  });

  it('share: Both tabs hold the row, and it stays held when one of them is closed', async () => {
    const { clock, server, openForm } = setUpForms('share');
    const first = openForm();
    await clock.turn(100);
    const second = openForm();
    expect(second.observer.getState().status).not.toBe('blocked');
    await clock.turn(100);
    expect([first, second].map(({ observer }) => observer.getState().status)).toEqual(['held', 'held']);
    first.close();
    await clock.turn(1_000);
    expect([first, second].map(({ observer }) => observer.getState().status)).toEqual(['free', 'held']);
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('move: The newest tab gets the row, the older one loses it, and does not ask for it by itself', async () => {
    const { clock, server, openForm } = setUpForms('move');
    const first = openForm();
    await clock.turn(100);
    const second = openForm();
    await clock.turn(60_000);
    expect(second.observer.getState().status).toBe('held');
    expect([first.losses, second.losses]).toEqual([['moved'], []]);
    expect(first.observer.getState().status).toBe('blocked');
    expect(server.leasesOn(paris)).toHaveLength(1);
  });

  it('move: The older tab gets the row again if the user asks there', async () => {
    const { clock, openForm } = setUpForms('move');
    const first = openForm();
    await clock.turn(100);
    const second = openForm();
    await clock.turn(100);
    void first.observer.acquire();
    await clock.turn(1_000);
    expect(first.observer.getState().status).toBe('held');
    expect(second.losses).toEqual(['moved']);
  });

  it('move: The older tab gets the row again when the newest one is closed', async () => {
    const { clock, openForm } = setUpForms('move');
    const first = openForm();
    await clock.turn(100);
    const second = openForm();
    await clock.turn(1_000);
    second.close();
    await clock.turn(2_000);
    expect(first.observer.getState().status).toBe('held');
  });
});
