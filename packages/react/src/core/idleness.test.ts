import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bo, lyon, paris, sent, setUpClient } from '../testSupport/clientFixture.ts';
import type { IdleWarning } from './idleness.ts';
import { LockObserver } from './lockObserver.ts';

const idle = { warnMs: 600_000, releaseMs: 660_000 };

afterEach(() => vi.unstubAllGlobals());

function setUpForm() {
  const setup = setUpClient({ idle });
  setup.client.start();
  const losses: string[] = [];
  const warnings: (IdleWarning | undefined)[] = [];
  const observer = new LockObserver(setup.client, [paris], { onLost: (reason) => losses.push(reason) });
  observer.subscribe(() => {});
  observer.hold();
  setup.client.leases.onIdle((warning) => warnings.push(warning));
  return { ...setup, observer, losses, warnings };
}

describe('a form in which nobody is active', () => {
  it('The form is warned, loses its row with the reason idle, and does not acquire it by itself', async () => {
    const { clock, server, client, observer, losses, warnings } = setUpForm();
    await clock.turn(600_100);
    expect(client.leases.idle).toEqual({ endsAt: expect.any(Number) });
    expect(client.leases.idle!.endsAt - client.connection.serverNow()).toBeGreaterThan(59_000);
    await clock.turn(120_000);
    expect(losses).toEqual(['idle']);
    expect(server.leasesOn(paris)).toEqual([]);
    expect(observer.getState().status).toBe('free');
    expect(warnings).toEqual([{ endsAt: expect.any(Number) }, undefined]);
    await observer.acquire();
    await clock.turn(0);
    expect(observer.getState().status).toBe('held');
  });

  it('Activity after a warning is reported at once', async () => {
    const { clock, server, client, warnings } = setUpForm();
    await clock.turn(610_000);
    client.reportActivity();
    await clock.turn(0);
    expect(sent(server, 'activity')).toHaveLength(1);
    expect(client.leases.idle).toBeUndefined();
    expect(warnings.at(-1)).toBeUndefined();
    await clock.turn(590_000);
    expect(client.leases.idle).toBeUndefined();
  });

  it('Activity is reported at most every 30 s, and only while the tab holds a lease', async () => {
    const { clock, server, client, observer } = setUpForm();
    await clock.turn(100);
    for (let second = 0; second < 120; second += 1) {
      client.reportActivity();
      await clock.turn(1_000);
    }
    expect(sent(server, 'activity')).toHaveLength(4);
    await observer.release();
    client.reportActivity();
    await clock.turn(60_000);
    expect(sent(server, 'activity')).toHaveLength(4);
  });

  it('A reconnect is no activity', async () => {
    const { clock, server, transport, client } = setUpForm();
    await clock.turn(300_000);
    transport.disconnect();
    await clock.turn(1_000);
    transport.reconnect();
    await clock.turn(0);
    expect(sent(server, 'resume')).toMatchObject([{ idleMs: expect.any(Number) }]);
    await clock.turn(300_000);
    expect(client.leases.idle).toBeDefined();
  });
});

it('Without a rule of the server nothing is reported', async () => {
  const { clock, server, client } = setUpClient();
  client.start();
  client.leases.hold([paris]);
  await clock.turn(100);
  client.reportActivity();
  await clock.turn(100);
  expect(sent(server, 'activity')).toEqual([]);
});

describe('the signs of activity on the page', () => {
  function setUpPage() {
    const page = new EventTarget();
    vi.stubGlobal('document', page);
    const setup = setUpClient({ idle });
    const stop = setup.client.start();
    return { ...setup, stop, countListeners: () => getEventListeners(page, 'keydown').length, page };
  }

  it('The page is listened to only from the first lease to the end of the last', async () => {
    const { clock, client, countListeners } = setUpPage();
    await clock.turn(0);
    expect(countListeners()).toBe(0);
    const [one, two] = [client.leases.hold([paris]), client.leases.hold([lyon])];
    await clock.turn(0);
    expect(countListeners()).toBe(1);
    await one.release('now');
    expect(countListeners()).toBe(1);
    await two.release('now');
    expect(countListeners()).toBe(0);
  });

  it('The page is listened to while the tab waits for records', async () => {
    const { clock, server, client, countListeners } = setUpPage();
    server.hold([paris], { actor: bo });
    await clock.turn(0);
    const lease = client.leases.hold([paris], { onConflict: 'wait' });
    await clock.turn(0);
    expect(lease.getState().kind).toBe('waiting');
    expect(countListeners()).toBe(1);
    await lease.release('now');
    expect(countListeners()).toBe(0);
  });

  it('Activity counts while the connection is lost, also after another lease has ended', async () => {
    const { clock, server, transport, client, page } = setUpPage();
    client.leases.hold([paris]);
    const other = client.leases.hold([lyon]);
    await clock.turn(300_000);
    transport.disconnect();
    void other.release('now');
    await clock.turn(1_000);
    page.dispatchEvent(new Event('keydown'));
    transport.reconnect();
    await clock.turn(0);
    expect(sent(server, 'resume')).toEqual([expect.not.objectContaining({ idleMs: expect.anything() })]);
  });

  it('A client that stops leaves no listener on the page', async () => {
    const { clock, client, stop, countListeners } = setUpPage();
    client.leases.hold([paris]);
    await clock.turn(0);
    stop();
    await clock.turn(1_000);
    expect(countListeners()).toBe(0);
  });
});
