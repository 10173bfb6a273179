import { StrictMode, useEffect } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-react';
import { createRowlockClient, type RowlockClient } from '../core/client.ts';
import type { AuthSource } from '../core/socketTransport.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { RowlockProvider } from './RowlockProvider.tsx';
import { useRowlock } from './useRowlock.ts';
import { useTaskLock } from './useTaskLock.ts';
import { useTasks } from './useTasks.ts';

/** An app whose credentials are an object of its own at every render. Collects its clients. */
function SignedIn({ auth, clients }: { auth: AuthSource; clients: Set<RowlockClient> }) {
  return (
    <StrictMode>
      <RowlockProvider url="http://127.0.0.1:1" auth={auth}>
        <ClientOf clients={clients} />
      </RowlockProvider>
    </StrictMode>
  );
}

function ClientOf({ clients }: { clients: Set<RowlockClient> }) {
  const { client } = useRowlock();
  useEffect(() => void clients.add(client), [client, clients]);
  return null;
}

function Everything() {
  const lock = useTaskLock([1], { resource: 'cities' });
  const { status } = useRowlock();
  const { tasks } = useTasks();
  return <p>{[lock.status, String(lock.isStale), status, tasks.length].join(' ')}</p>;
}

describe('RowlockProvider', () => {
  it('RowlockProvider keeps one connection under StrictMode, and ends it when it unmounts', async () => {
    const transport = createMemoryTransport();
    const connect = vi.spyOn(transport, 'connect');
    const close = vi.spyOn(transport, 'close');
    const client = createRowlockClient({ transport, storage: null });
    const screen = await render(
      <StrictMode>
        <RowlockProvider client={client} />
      </StrictMode>,
    );
    expect(connect).toHaveBeenCalledTimes(1);
    await screen.unmount();
    await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(1));
  });

  it('RowlockProvider reconnects the same client when the content of `auth` changes', async () => {
    const clients = new Set<RowlockClient>();
    const app = (auth: AuthSource) => <SignedIn auth={auth} clients={clients} />;
    const screen = await render(app({ token: 'a' }));
    const [client] = [...clients];
    const reconnect = vi.spyOn(client!.connection, 'reconnect');
    await screen.rerender(app({ token: 'a' }));
    await screen.rerender(app({ token: 'a' }));
    expect(reconnect).not.toHaveBeenCalled();
    await screen.rerender(app({ token: 'b' }));
    expect(reconnect).toHaveBeenCalledTimes(1);
    await screen.rerender(app(() => ({ token: 'c' })));
    await screen.rerender(app(() => ({ token: 'd' })));
    expect(reconnect).toHaveBeenCalledTimes(2);
    expect(clients).toEqual(new Set([client]));
    await screen.unmount();
  });

  it('RowlockProvider renders on a server without connecting', () => {
    const transport = createMemoryTransport();
    const connect = vi.spyOn(transport, 'connect');
    const html = renderToString(
      <RowlockProvider client={createRowlockClient({ transport, storage: null })}>
        <Everything />
      </RowlockProvider>,
    );
    expect(html).toBe('<p>pending true connecting 0</p>');
    expect(connect).not.toHaveBeenCalled();
  });

  it('A missing RowlockProvider is reported with what to do', () => {
    expect(() => renderToString(<ClientOf clients={new Set()} />)).toThrow(
      /Put one near the root of the app: <RowlockProvider/,
    );
  });
});
