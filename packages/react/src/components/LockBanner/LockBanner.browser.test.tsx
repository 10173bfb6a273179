import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { createRowlockClient } from '../../core/client.ts';
import { useTaskLock } from '../../hooks/useTaskLock.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import type { MemoryServerOptions } from '../../testing/memoryServerOptions.ts';
import { createMemoryTransport } from '../../testing/memoryTransport.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { ann, bo, rows } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { LockBanner } from './LockBanner.tsx';

/** As the README shows it: reads first, and the dialog opens only on demand. */
function Form() {
  const [isEditing, setEditing] = useState(false);
  const lock = useTaskLock([0], { resource: 'cities', hold: isEditing });
  return (
    <main>
      <LockBanner lock={lock} recordLabel={() => 'Paris'} canTakeOver />
      <button type="button" onClick={() => setEditing(true)}>
        Edit
      </button>
      <output>{lock.status}</output>
    </main>
  );
}

async function setUp(options: MemoryServerOptions = {}, holder = bo) {
  const server = new MemoryServer(options);
  const other = createRowlockClient({
    transport: createMemoryTransport({ server, actor: holder }),
    storage: null,
  });
  other.start();
  const theirs = await other.leases.acquire(['cities/0'], { label: 'Edit Paris' });
  const rendered = await renderWithRowlock(<Form />, { server });
  return { ...rendered, server, other, theirs };
}

describe('LockBanner', () => {
  it('Somebody who only reads sees who edits the row, and no dialog', async () => {
    const { screen, theirs } = await setUp();
    const banner = screen.getByRole('group', { name: 'Bo Berg is editing Paris' });
    await expect.element(banner).toBeVisible();
    await expect.element(screen.getByText('Edit Paris · just now')).toBeVisible();
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    await expectAccessible(screen.container);
    await theirs.release();
    await expect.element(banner).not.toBeInTheDocument();
  });

  it('An attempt to edit opens no dialog either, and the banner says when the row is free', async () => {
    const { screen, theirs } = await setUp();
    await screen.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect.element(screen.getByText('Bo Berg is editing Paris').first()).toBeVisible();
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    await theirs.release();
    await expect.element(screen.getByText('Paris is free again').first()).toBeVisible();
    await screen.getByRole('button', { name: 'Continue' }).click();
    await expect.element(screen.getByText('held')).toBeVisible();
    await expect.element(screen.getByRole('group')).not.toBeInTheDocument();
  });

  it('Wait waits in the banner, and gets the row', async () => {
    const { screen, theirs } = await setUp();
    await screen.getByRole('button', { name: 'Wait', exact: true }).click();
    await expect.element(screen.getByText('You are next.')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Stop waiting' })).toBeVisible();
    await expectAccessible(screen.container);
    await theirs.release();
    await expect.element(screen.getByText('held')).toBeVisible();
  });

  it('Ask opens the dialog at the question, and the banner shows how it stands', async () => {
    const { screen, other } = await setUp();
    await screen.getByRole('button', { name: 'Ask Bo Berg' }).click();
    await expect.element(screen.getByLabelText(/^Message to Bo Berg/)).toHaveFocus();
    await userEvent.keyboard('Please');
    await screen.getByRole('button', { name: 'Send' }).click();
    await userEvent.keyboard('{Escape}');
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    await expect.element(screen.getByText(/^You have asked Bo Berg/).first()).toBeVisible();
    await other.leases.openReleaseRequests[0]!.answer('refused');
    await expect.element(screen.getByText(/^Bo Berg wants to keep the rows/).first()).toBeVisible();
  });

  it('Details opens the dialog, and the focus returns to the banner', async () => {
    const { screen } = await setUp();
    await screen.getByRole('button', { name: 'Details' }).click();
    await expect.element(screen.getByRole('dialog', { name: 'Paris is being changed' })).toBeVisible();
    await userEvent.keyboard('{Escape}');
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    await expect.element(screen.getByRole('button', { name: 'Details' })).toHaveFocus();
  });

  it("In the user's own second tab the banner offers to edit here instead", async () => {
    const { screen } = await setUp({ authorize: () => true }, ann);
    await expect.element(screen.getByText('You are editing Paris in another tab')).toBeVisible();
    await screen.getByRole('button', { name: 'Edit here instead' }).click();
    await expect.element(screen.getByText('held')).toBeVisible();
  });

  it('A holder whose row was taken over sees by whom and why', async () => {
    const server = new MemoryServer({ authorize: () => true });
    const { screen } = await renderWithRowlock(<Form />, { server });
    await screen.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect.element(screen.getByText('held')).toBeVisible();
    const other = createRowlockClient({
      transport: createMemoryTransport({ server, actor: bo }),
      storage: null,
    });
    other.start();
    await other.leases.takeOver(['cities/0'], { reason: 'Release at noon' });
    await expect.element(screen.getByText('Bo Berg has taken over Paris')).toBeVisible();
    await expect
      .element(screen.getByText('“Release at noon” Your changes are still in the form.'))
      .toBeVisible();
    await expectAccessible(screen.container);
  });

  it('A row that was unlocked while nobody was active can be edited again', async () => {
    const server = new MemoryServer({ idle: { warnMs: 50, releaseMs: 100 } });
    const { screen } = await renderWithRowlock(<Form />, { server });
    await screen.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect.element(screen.getByText('You were away, so Paris was unlocked')).toBeVisible();
    await screen.getByRole('button', { name: 'Edit again' }).click();
    await expect.element(screen.getByText('You were away, so Paris was unlocked')).not.toBeInTheDocument();
  });

  it("A task's progress is shown in the banner", async () => {
    const server = new MemoryServer();
    server.startTask({
      label: 'Normalise names',
      records: rows(1),
      actor: bo,
      progress: { done: 42, total: 100 },
    });
    const { screen } = await renderWithRowlock(<Form />, { server });
    await expect.element(screen.getByText('Normalise names is changing Paris')).toBeVisible();
    await expect.element(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '42');
    await expect.element(screen.getByRole('button', { name: /^Ask/ })).not.toBeInTheDocument();
    await expectAccessible(screen.container);
  });
});
