import { afterEach, describe, expect, it } from 'vitest';
import { createRowlockClient } from '../core/client.ts';
import { useTaskLock } from '../hooks/useTaskLock.ts';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { expectAccessible } from '../testSupport/axe.ts';
import { bo, rows } from '../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { ConflictModal } from './ConflictModal/ConflictModal.tsx';
import { LockBanner } from './LockBanner/LockBanner.tsx';
import { LockedFieldset } from './LockedFieldset/LockedFieldset.tsx';
import { PresenceAvatars } from './PresenceAvatars/PresenceAvatars.tsx';
import { ReleaseRequest } from './ReleaseRequest/ReleaseRequest.tsx';

afterEach(() => {
  delete document.documentElement.dataset.theme;
  document.body.style.background = '';
});

function useDark() {
  document.documentElement.dataset.theme = 'dark';
  document.body.style.background = 'var(--rowlock-surface)';
}

function Form() {
  const lock = useTaskLock([0], { resource: 'cities' });
  return (
    <main style={{ color: 'var(--rowlock-text)' }}>
      <PresenceAvatars recordId={0} resource="cities" />
      <LockBanner lock={lock} recordLabel={() => 'Paris'} />
      <ReleaseRequest lock={lock} onSave={() => false} />
      <LockedFieldset lock={lock}>
        <legend>City</legend>
        <label>
          Name <input defaultValue="Paris" />
        </label>
        <button type="submit" className="rowlock-button">
          Save
        </button>
      </LockedFieldset>
      <button type="button" onClick={() => void lock.acquire()}>
        Edit
      </button>
    </main>
  );
}

function Dialog() {
  const lock = useTaskLock([0], { resource: 'cities' });
  return (
    <ConflictModal lock={lock} open={lock.conflicts.length > 0} canTakeOver recordLabel={() => 'Paris'} />
  );
}

function openTabOfBo(server: MemoryServer) {
  const client = createRowlockClient({
    transport: createMemoryTransport({ server, actor: bo }),
    storage: null,
  });
  client.start();
  return client;
}

describe('In dark, the components of forms are accessible', () => {
  it('A form is accessible while somebody else edits its row', async () => {
    useDark();
    const server = new MemoryServer();
    openTabOfBo(server).presence.watch(['cities/0'], () => {});
    server.hold(rows(1), { actor: bo });
    const { screen } = await renderWithRowlock(<Form />, { server });
    await expect.element(screen.getByText('Read only: Bo Berg is editing this.').first()).toBeVisible();
    await expect
      .element(screen.getByRole('button', { name: 'Bo Berg is looking at this too' }))
      .toBeVisible();
    await expectAccessible(screen.container);
  });

  it('A release request is accessible, also after a failed save', async () => {
    useDark();
    const server = new MemoryServer();
    const { screen } = await renderWithRowlock(<Form />, { server });
    await screen.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect.poll(() => server.leasesOn('cities/0')).toHaveLength(1);
    void openTabOfBo(server).leases.requestRelease(server.leasesOn('cities/0')[0]!.id, {
      records: ['cities/0'],
      message: 'Please',
    });
    await screen.getByRole('button', { name: 'Save and release' }).click();
    await expect.element(screen.getByRole('alert')).toBeVisible();
    await expectAccessible(screen.container);
  });

  it('The dialog is accessible while it waits, asks, and takes over', async () => {
    useDark();
    const server = new MemoryServer();
    openTabOfBo(server).leases.hold(rows(1));
    const { screen } = await renderWithRowlock(<Dialog />, { server });
    await screen.getByRole('button', { name: 'Take over…' }).click();
    await screen.getByRole('button', { name: 'Take over', exact: true }).click();
    await expect.element(screen.getByText(/^Write a reason/)).toBeVisible();
    await expectAccessible(document.body);
    await screen.getByRole('button', { name: 'Back' }).click();
    await screen.getByRole('button', { name: 'Ask Bo Berg' }).click();
    await expectAccessible(document.body);
    await screen.getByRole('button', { name: 'Send' }).click();
    await screen.getByRole('button', { name: 'Wait until free' }).click();
    await expect.element(screen.getByText('You are next.')).toBeVisible();
    await expectAccessible(document.body);
  });
});
