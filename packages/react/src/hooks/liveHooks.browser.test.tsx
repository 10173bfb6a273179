import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { createRowlockClient } from '../core/client.ts';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { createTurnableClock } from '../testing/turnableClock.ts';
import { bo } from '../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { useConnection } from './useConnection.ts';
import { useIdleWarning } from './useIdleWarning.ts';
import { usePresence } from './usePresence.ts';
import { useReleaseRequests } from './useReleaseRequests.ts';
import { useTaskLock } from './useTaskLock.ts';

const openTabOfBo = (server: MemoryServer) => {
  const client = createRowlockClient({
    transport: createMemoryTransport({ server, actor: bo }),
    storage: null,
  });
  client.start();
  return client;
};

/** Reads first: the row is locked while somebody edits it. */
function Form() {
  const [isEditing, setEditing] = useState(false);
  const lock = useTaskLock([0], { resource: 'cities', hold: isEditing });
  const requests = useReleaseRequests();
  return (
    <>
      <button type="button" onClick={() => setEditing((before) => !before)}>
        {isEditing ? 'Stop' : 'Edit'}
      </button>
      <output>{lock.status}</output>
      {requests.map(({ requestId, by, answer }) => (
        <button key={requestId} type="button" onClick={() => void answer('released')}>
          Release to {by.name}
        </button>
      ))}
    </>
  );
}

function Viewers({ ids }: { ids: number | number[] }) {
  const { actors, count, isStale } = usePresence(ids, { resource: 'cities' });
  return <output>{isStale ? 'unknown' : `${count}: ${actors.map(({ name }) => name).join(', ')}`}</output>;
}

function Idle() {
  useTaskLock([0], { resource: 'cities', hold: true });
  const warning = useIdleWarning();
  return (
    <button type="button" onClick={() => warning?.stay()}>
      {warning ? `Ends at ${warning.endsAt}` : 'No warning'}
    </button>
  );
}

function Connection() {
  const { status, isLive, actor } = useConnection();
  return <output>{`${status} ${isLive ? 'live' : 'not live'} ${actor?.name ?? 'nobody'}`}</output>;
}

describe('the hooks about what happens now', () => {
  it('A form that begins to hold locks its row then, and unlocks it when it stops', async () => {
    const { screen, server } = await renderWithRowlock(<Form />);
    await expect.element(screen.getByText('free')).toBeVisible();
    expect(server.leasesOn('cities/0')).toEqual([]);
    await screen.getByRole('button', { name: 'Edit' }).click();
    await expect.element(screen.getByText('held')).toBeVisible();
    await screen.getByRole('button', { name: 'Stop' }).click();
    await expect.element(screen.getByText('free')).toBeVisible();
    expect(server.leasesOn('cities/0')).toEqual([]);
  });

  it('useReleaseRequests shows who asks for a row, until it is answered', async () => {
    const { screen, server } = await renderWithRowlock(<Form />);
    await screen.getByRole('button', { name: 'Edit' }).click();
    await expect.element(screen.getByText('held')).toBeVisible();
    const other = openTabOfBo(server);
    const answered = other.leases.requestRelease(server.leasesOn('cities/0')[0]!.id, {
      records: ['cities/0'],
    });
    await screen.getByRole('button', { name: 'Release to Bo Berg' }).click();
    expect(await answered).toEqual({ ok: true, answer: 'released' });
    await expect.element(screen.getByRole('button', { name: 'Release to Bo Berg' })).not.toBeInTheDocument();
  });

  it('useReleaseRequests forgets a request when the time for an answer is over', async () => {
    const server = new MemoryServer({ releaseRequestMs: 400 });
    const { screen } = await renderWithRowlock(<Form />, { server });
    await screen.getByRole('button', { name: 'Edit' }).click();
    await expect.element(screen.getByText('held')).toBeVisible();
    const answered = openTabOfBo(server).leases.requestRelease(server.leasesOn('cities/0')[0]!.id, {
      records: ['cities/0'],
    });
    await expect.element(screen.getByRole('button', { name: 'Release to Bo Berg' })).toBeVisible();
    expect(await answered).toEqual({ ok: true, answer: 'unanswered' });
    await expect.element(screen.getByRole('button', { name: 'Release to Bo Berg' })).not.toBeInTheDocument();
  });

  it('usePresence shows the other users on a row, and each of them once for several rows', async () => {
    const server = new MemoryServer();
    const { screen, rerender } = await renderWithRowlock(<Viewers ids={1} />, { server });
    await expect.element(screen.getByText('0:')).toBeVisible();
    const other = openTabOfBo(server);
    const stop = other.presence.watch(['cities/1', 'cities/2'], () => {});
    await expect.element(screen.getByText('1: Bo Berg')).toBeVisible();
    await rerender(<Viewers ids={[1, 2]} />);
    await expect.element(screen.getByText('1: Bo Berg')).toBeVisible();
    stop();
    await expect.element(screen.getByText('0:')).toBeVisible();
  });

  it('useIdleWarning warns before the rows are unlocked, and stay() keeps them', async () => {
    const clock = createTurnableClock();
    const server = new MemoryServer({ clock, idle: { warnMs: 120_000, releaseMs: 300_000 } });
    const { screen } = await renderWithRowlock(<Idle />, { server });
    await expect.poll(() => server.leasesOn('cities/0')).toHaveLength(1);
    await expect.element(screen.getByRole('button', { name: 'No warning' })).toBeVisible();
    await clock.turn(120_000);
    await expect.element(screen.getByRole('button', { name: /^Ends at/ })).toBeVisible();
    screen
      .getByRole('button')
      .element()
      .dispatchEvent(new MouseEvent('click', { bubbles: true }));
    await expect.element(screen.getByRole('button', { name: 'No warning' })).toBeVisible();
    await clock.turn(200_000);
    expect(server.leasesOn('cities/0')).toHaveLength(1);
  });

  it('useConnection says how the connection stands', async () => {
    const { screen, transport } = await renderWithRowlock(<Connection />);
    await expect.element(screen.getByText('live live Ann Lee')).toBeVisible();
    transport.disconnect();
    await expect.element(screen.getByText('reconnecting not live Ann Lee')).toBeVisible();
  });
});
