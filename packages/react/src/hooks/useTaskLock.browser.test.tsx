import type { Actor } from '@rowlock/protocol';
import { describe, expect, it, vi } from 'vitest';
import { render } from 'vitest-browser-react';
import { createRowlockClient } from '../core/client.ts';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { Lock } from '../testSupport/Lock.tsx';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { RowlockProvider } from './RowlockProvider.tsx';
import { RowlockResource } from './RowlockResource.tsx';
import { type TaskLock, useTaskLock } from './useTaskLock.ts';

const bo: Actor = { id: 'bo', name: 'Bo' };

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
