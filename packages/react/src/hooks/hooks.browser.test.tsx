import type { Actor } from '@rowlock/protocol';
import { StrictMode, useEffect } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-react';
import { createRowlockClient, type RowlockClient } from '../core/client.ts';
import type { AuthSource } from '../core/socketTransport.ts';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { RowlockProvider } from './RowlockProvider.tsx';
import { RowlockResource } from './RowlockResource.tsx';
import { useRecordLock } from './useRecordLock.ts';
import { useRowlock } from './useRowlock.ts';
import { useTask } from './useTask.ts';
import { type TaskLock, type TaskLockOptions, useTaskLock } from './useTaskLock.ts';
import { useTasks } from './useTasks.ts';

const bo: Actor = { id: 'bo', name: 'Bo' };

/** Counts the renders of a component, whatever React does with them. */
function useRenderCount(counts: Record<string, number>, name: string) {
  counts[name] = (counts[name] ?? 0) + 1;
}

interface Counted {
  counts: Record<string, number>;
}

interface LockProps {
  ids: readonly (number | string)[];
  options?: TaskLockOptions;
  seen?: { lock?: TaskLock<number | string> };
  counts?: Record<string, number>;
}

function Lock({ ids, options, seen, counts = {} }: LockProps) {
  useRenderCount(counts, 'lock');
  // A new array at every render, as applications write it.
  const lock = useTaskLock([...ids], { resource: 'cities', ...options });
  if (seen) seen.lock = lock;
  return <output>{lock.status}</output>;
}

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

const LockOfNearestResource = () => <output>{useTaskLock([1]).status}</output>;

function Form() {
  const lock = useTaskLock([1], { resource: 'cities', hold: true });
  return (
    <form>
      <input aria-label="Name" defaultValue="Paris" />
      <output>{`${lock.status} ${lock.isStale ? 'stale' : 'certain'}`}</output>
    </form>
  );
}

function Row({ id, counts }: Counted & { id: number }) {
  useRenderCount(counts, `row ${id}`);
  return <li>{`row ${id}: ${useRecordLock('cities', id).kind}`}</li>;
}

function Task({ id, counts }: Counted & { id: string }) {
  useRenderCount(counts, `task ${id}`);
  return <li>{`task ${id}: ${useTask(id).task?.progress.done}`}</li>;
}

function Connection({ counts }: Counted) {
  useRenderCount(counts, 'connection');
  return <li>{useRowlock().status}</li>;
}

function List({ counts }: Counted) {
  useRenderCount(counts, 'list');
  return <li>{`list: ${useTasks().tasks.length}`}</li>;
}

function Everything() {
  const lock = useTaskLock([1], { resource: 'cities' });
  const { status } = useRowlock();
  const { tasks } = useTasks();
  return <p>{[lock.status, String(lock.isStale), status, tasks.length].join(' ')}</p>;
}

describe('useTaskLock', () => {
  it('useTaskLock shows how rows stand, and returns the ids as they were given', async () => {
    const seen: { lock?: TaskLock<number | string> } = {};
    const { screen, server } = await renderWithRowlock(<Lock ids={[1, 2, '3']} seen={seen} />);
    await expect.element(screen.getByText('free')).toBeVisible();
    server.hold(['cities/2'], { actor: bo });
    await expect.element(screen.getByText('partly-blocked')).toBeVisible();
    expect(seen.lock?.availableIds).toEqual([1, '3']);
    expect(seen.lock?.isBlocked(2)).toBe(true);
    expect(seen.lock?.isBlocked('2')).toBe(true);
    expect(seen.lock?.isBlocked(1)).toBe(false);
    expect(seen.lock?.isBlocked(1, '3')).toBe(false);
    expect(seen.lock?.isBlocked()).toBe(true);
    expect(seen.lock?.isHeld).toBe(false);
    expect(seen.lock?.getLock(2)).toMatchObject({ kind: 'person' });
  });

  it('useTaskLock renders once for one change among 2,000 rows, and not for other rows', async () => {
    const ids = Array.from({ length: 2_000 }, (_, index) => index);
    const counts: Record<string, number> = {};
    const server = new MemoryServer();
    const transport = createMemoryTransport({ server });
    const client = createRowlockClient({ transport, storage: null });
    const screen = await render(
      <RowlockProvider client={client}>
        <Lock ids={ids} counts={counts} />
      </RowlockProvider>,
    );
    await expect.element(screen.getByText('free')).toBeVisible();
    const before = counts.lock!;
    client.records.watch(['cities/5000'], () => {});
    server.hold(['cities/5000'], { actor: bo });
    server.hold(['cities/1234'], { actor: bo });
    await expect.element(screen.getByText('partly-blocked')).toBeVisible();
    expect(counts.lock! - before).toBe(1);
  });

  it('useTaskLock watches once if the array is a new one at every render', async () => {
    const { screen, server, rerender } = await renderWithRowlock(<Lock ids={[1, 2]} />);
    await expect.element(screen.getByText('free')).toBeVisible();
    await rerender(<Lock ids={[1, 2]} />);
    await rerender(<Lock ids={[1, 2]} />);
    expect(server.received.filter((each) => each.name === 'watch')).toHaveLength(1);
  });

  it('useTaskLock holds the row while the form is mounted, through StrictMode, and releases it after', async () => {
    const { screen, server, rerender } = await renderWithRowlock(
      <Lock ids={[1]} options={{ hold: true, label: 'Edit Paris' }} />,
    );
    await expect.element(screen.getByText('held')).toBeVisible();
    expect(server.received.filter((each) => each.name === 'acquire')).toHaveLength(1);
    expect(server.leasesOn('cities/1')).toMatchObject([{ holder: { label: 'Edit Paris' } }]);
    await rerender(null);
    await vi.waitFor(() => expect(server.leasesOn('cities/1')).toEqual([]));
  });

  it('useTaskLock moves the lease when the form shows another row', async () => {
    const { screen, server, rerender } = await renderWithRowlock(<Lock ids={[1]} options={{ hold: true }} />);
    await expect.element(screen.getByText('held')).toBeVisible();
    await rerender(<Lock ids={[2]} options={{ hold: true }} />);
    await vi.waitFor(() => {
      expect(server.leasesOn('cities/1')).toEqual([]);
      expect(server.leasesOn('cities/2')).toHaveLength(1);
    });
  });

  it('useTaskLock without ids is free', async () => {
    const { screen } = await renderWithRowlock(<Lock ids={[]} options={{ hold: true }} />);
    await expect.element(screen.getByText('free')).toBeVisible();
  });

  it('useTaskLock uses the resource of the page', async () => {
    const { screen } = await renderWithRowlock(
      <RowlockResource name="cities">
        <LockOfNearestResource />
      </RowlockResource>,
    );
    await expect.element(screen.getByText('free')).toBeVisible();
  });

  it('useTaskLock acquires and releases by hand, and proves its lease', async () => {
    const seen: { lock?: TaskLock<number | string> } = {};
    const { screen, server } = await renderWithRowlock(<Lock ids={[1, 2]} seen={seen} />);
    await expect.element(screen.getByText('free')).toBeVisible();
    expect(seen.lock?.headers()).toEqual({});
    expect(await seen.lock?.acquire()).toMatchObject({ ok: true });
    await expect.element(screen.getByText('held')).toBeVisible();
    expect(seen.lock?.headers()).toHaveProperty('Rowlock-Lease');
    await seen.lock?.release();
    await expect.element(screen.getByText('free')).toBeVisible();
    expect(server.leasesOn('cities/1')).toEqual([]);
  });

  it('useTaskLock is stale while the connection is down, and touches no field', async () => {
    const { screen, server, transport } = await renderWithRowlock(<Form />);
    await expect.element(screen.getByText('held certain')).toBeVisible();
    await screen.getByLabelText('Name').fill('Paris, Texas');
    transport.disconnect();
    await expect.element(screen.getByText('held stale')).toBeVisible();
    server.free(server.leasesOn('cities/1')[0]!.id, 'closed');
    server.hold(['cities/1'], { actor: bo });
    transport.reconnect();
    await expect.element(screen.getByText('blocked certain')).toBeVisible();
    await expect.element(screen.getByLabelText('Name')).toHaveValue('Paris, Texas');
  });
});

describe('re-rendering', () => {
  it('A change renders only the row, the task and the list that show it', async () => {
    const counts: Record<string, number> = {};
    const server = new MemoryServer();
    server.startTask({ id: 'a', label: 'A', progress: { done: 1, total: 9 } });
    server.startTask({ id: 'b', label: 'B', progress: { done: 1, total: 9 } });
    const client = createRowlockClient({ transport: createMemoryTransport({ server }), storage: null });
    const screen = await render(
      <RowlockProvider client={client}>
        <Row id={1} counts={counts} />
        <Row id={2} counts={counts} />
        <Task id="a" counts={counts} />
        <Task id="b" counts={counts} />
        <Connection counts={counts} />
        <List counts={counts} />
      </RowlockProvider>,
    );
    await expect.element(screen.getByText('row 1: free')).toBeVisible();
    await expect.element(screen.getByText('task b: 1')).toBeVisible();
    const before = { ...counts };
    const grown = () => Object.keys(counts).filter((name) => counts[name]! > before[name]!);

    server.hold(['cities/1'], { actor: bo });
    await expect.element(screen.getByText('row 1: person')).toBeVisible();
    expect(grown()).toEqual(['row 1']);

    server.updateTask('b', { progress: { done: 2, total: 9 } });
    await expect.element(screen.getByText('task b: 2')).toBeVisible();
    expect(grown()).toEqual(['row 1', 'task b', 'list']);
  });
});

describe('a page that stops', () => {
  const lifecycles = [
    {
      how: 'into the back/forward cache',
      stop: () => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })),
      resume: () => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
    },
    {
      how: 'because the browser freezes it',
      stop: () => document.dispatchEvent(new Event('freeze')),
      resume: () => document.dispatchEvent(new Event('resume')),
    },
    {
      how: 'with both events of a page that is cached and frozen',
      stop: () => {
        window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
        document.dispatchEvent(new Event('freeze'));
      },
      resume: () => {
        document.dispatchEvent(new Event('resume'));
        window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
      },
    },
  ];

  it.for(lifecycles)(
    'A page that stops $how disconnects, and resumes its lease later',
    async ({ stop, resume }) => {
      const beacon = vi.spyOn(navigator, 'sendBeacon').mockReturnValue(true);
      const { screen, server, transport, client } = await renderWithRowlock(
        <Lock ids={[1]} options={{ hold: true }} />,
      );
      const close = vi.spyOn(transport, 'close');
      await expect.element(screen.getByText('held')).toBeVisible();
      document.dispatchEvent(new Event('visibilitychange'));
      expect(close).not.toHaveBeenCalled();

      const leaseSecret = client.leases.headers(['cities/1'])['Rowlock-Lease']!;
      const [leaseId, secret] = leaseSecret.split('.');
      stop();
      expect(close).toHaveBeenCalledTimes(1);
      expect(client.connection.status).toBe('reconnecting');
      const body = JSON.stringify({ leases: [{ leaseId, secret }] });
      const sent = beacon.mock.calls.filter((call) => call[1] === body);
      expect(sent).toEqual([['/rowlock/leases/release', body]]);

      resume();
      await vi.waitFor(() =>
        expect(client.leases.headers(['cities/1'])['Rowlock-Lease']).not.toBe(leaseSecret),
      );
      expect(client.connection.status).toBe('live');
      expect(server.leasesOn('cities/1')).toMatchObject([{ id: leaseId }]);
      beacon.mockRestore();
    },
  );

  it('A page that runs again holds its rows under another lease if the old one has ended', async () => {
    const { screen, server, client } = await renderWithRowlock(<Lock ids={[1]} options={{ hold: true }} />);
    await expect.element(screen.getByText('held')).toBeVisible();
    document.dispatchEvent(new Event('freeze'));
    server.free('1', 'closed');
    document.dispatchEvent(new Event('resume'));
    await vi.waitFor(() => expect(client.leases.headers('2')).toHaveProperty('Rowlock-Lease'));
    await expect.element(screen.getByText('held')).toBeVisible();
  });
});

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
    expect(() => renderToString(<Connection counts={{}} />)).toThrow(
      /Put one near the root of the app: <RowlockProvider/,
    );
  });
});
