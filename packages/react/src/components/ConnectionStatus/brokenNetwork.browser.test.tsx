/** The texts of a broken network, and the seconds until they show: over a real Socket.IO server and a proxy. */
import { StrictMode } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { commands } from 'vitest/browser';
import { render } from 'vitest-browser-react';
import { createRowlockClient } from '../../core/client.ts';
import { RowlockProvider } from '../../hooks/RowlockProvider.tsx';
import { Lock } from '../../testSupport/Lock.tsx';
import { ConnectionStatus } from './ConnectionStatus.tsx';

declare module 'vitest/browser' {
  interface BrowserCommands {
    startChannel: () => Promise<{ url: string; controlUrl: string }>;
  }
}

type Action =
  | 'cutSilently'
  | 'heal'
  | 'refuseUpgrades'
  | 'ignoreUpgrades'
  | 'expireSession'
  | 'signIn'
  | 'stop';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function startNetwork() {
  const { url, controlUrl } = await commands.startChannel();
  const act = (action: Action) => fetch(`${controlUrl}/${action}`);
  cleanUps.push(() => act('stop'));
  return { url, act };
}

async function open(url: string, { holding = false } = {}) {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const client = createRowlockClient({ url, storage: null });
  const startedAtMs = performance.now();
  const screen = await render(
    <StrictMode>
      <RowlockProvider client={client}>
        <ConnectionStatus />
        {holding && <Lock ids={[1]} options={{ hold: true }} />}
      </RowlockProvider>
    </StrictMode>,
  );
  cleanUps.push(() => {
    screen.unmount();
    warn.mockRestore();
  });
  /** Returns the time at which the text appeared. */
  const says = (text: string) =>
    vi.waitFor(
      () => {
        expect(screen.getByText(text, { exact: true }).query()).not.toBeNull();
        return performance.now();
      },
      { timeout: 15_000, interval: 20 },
    );
  return { client, screen, says, startedAtMs, warnings: () => warn.mock.calls.map(([text]) => String(text)) };
}

describe('the screen over a broken network', { timeout: 60_000 }, () => {
  it('A silent cut is shown within 6 s while the tab holds a row, and live again after it', async () => {
    const { url, act } = await startNetwork();
    const { says } = await open(url, { holding: true });
    await says('Live');
    await says('held');
    await act('cutSilently');
    const cutAtMs = performance.now();
    expect((await says('Reconnecting…')) - cutAtMs).toBeLessThan(6_000);
    await act('heal');
    const healedAtMs = performance.now();
    expect((await says('Live')) - healedAtMs).toBeLessThan(6_000);
    await says('held');
  });

  it('A proxy that refuses upgrades is live by polling within 5 s, and the console says once what to change', async () => {
    const { url, act } = await startNetwork();
    await act('refuseUpgrades');
    const { says, startedAtMs, warnings } = await open(url);
    expect((await says('Live')) - startedAtMs).toBeLessThan(5_000);
    await vi.waitFor(() => expect(warnings()).toEqual([expect.stringContaining('pass on upgrades')]), 10_000);
  });

  it('A proxy that leaves upgrades unanswered is live by polling within 10 s, also for a silent cut', async () => {
    const { url, act } = await startNetwork();
    await act('ignoreUpgrades');
    const { says, startedAtMs } = await open(url, { holding: true });
    expect((await says('Live')) - startedAtMs).toBeLessThan(10_000);
    await says('held');
    await act('cutSilently');
    const cutAtMs = performance.now();
    expect((await says('Reconnecting…')) - cutAtMs).toBeLessThan(6_000);
  });

  it('A wrong path says within 5 s that there is no connection, and why', async () => {
    const { url } = await startNetwork();
    const { client, says, screen, startedAtMs, warnings } = await open(`${url}/wrong`);
    expect((await says('Cannot connect')) - startedAtMs).toBeLessThan(5_000);
    const why = `${url}/wrong/socket.io answered 404, so no Rowlock server is there. Check \`url\` and \`path\``;
    await expect.element(screen.getByTitle(why, { exact: false })).toBeVisible();
    expect(client.connection.current).toHaveProperty('error.message', expect.stringContaining(why));
    expect(warnings()).toEqual([expect.stringContaining(why)]);
  });

  it('An expired session says so within 2 s, and is live again after a sign-in', async () => {
    const { url, act } = await startNetwork();
    const { client, says, screen } = await open(url);
    await says('Live');
    await act('expireSession');
    const expiredAtMs = performance.now();
    expect((await says('Signed out')) - expiredAtMs).toBeLessThan(2_000);
    await expect.element(screen.getByTitle('Your session has expired. Sign in again.')).toBeVisible();
    await act('signIn');
    client.connection.reconnect();
    await says('Live');
  });
});
