import type { Conflict } from '@rowlock/protocol';
import { createRef, type Ref } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { type TaskLockOptions, useTaskLock } from '../../hooks/useTaskLock.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { bo, lease, rows } from '../../testSupport/componentFixture.ts';
import { Editor } from '../../testSupport/Editor.tsx';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { ConflictModal } from './ConflictModal.tsx';

/** As the README shows it: the dialog needs nothing but the lock and a name. */
function EditForm({ reacquire }: Pick<TaskLockOptions, 'reacquire'>) {
  const lock = useTaskLock([0], { resource: 'cities', hold: true, reacquire });
  return (
    <>
      <output>{lock.status}</output>
      <button type="button" onClick={() => void lock.acquire()}>
        Edit
      </button>
      <ConflictModal lock={lock} recordLabel={() => 'Paris'} />
    </>
  );
}

/** Never acquires anything. With a ref, its dialog is open. */
function Watcher({ dialogRef }: { dialogRef?: Ref<HTMLDialogElement> }) {
  const lock = useTaskLock([0], { resource: 'cities' });
  return (
    <>
      <output>{lock.status}</output>
      <ConflictModal
        lock={lock}
        data-testid="dialog"
        className={({ isFree }) => (isFree ? 'is-free' : 'is-blocked')}
        {...(dialogRef && { ref: dialogRef, open: lock.conflicts.length > 0 })}
      />
    </>
  );
}

describe('ConflictModal', () => {
  it('The dialog of an edit form opens when the row is blocked, says when it is free, and closes when the form holds it', async () => {
    const server = new MemoryServer();
    const { id } = server.startTask({ label: 'Normalise names', records: rows(1), actor: bo });
    const { screen } = await renderWithRowlock(<EditForm />, { server });
    await expect.element(screen.getByRole('dialog', { name: 'Paris is being changed' })).toBeVisible();
    server.endTask(id);
    await expect.element(screen.getByRole('dialog', { name: 'Paris is free again' })).toBeVisible();
    await expect.element(screen.getByText(/^Finished/)).toBeVisible();
    await screen.getByRole('button', { name: 'Continue' }).click();
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    await expect.element(screen.getByText('held')).toBeVisible();
  });

  it('A dialog that the user closed opens again only for a new attempt', async () => {
    const server = new MemoryServer();
    server.hold(rows(1), { actor: bo });
    const { screen } = await renderWithRowlock(<EditForm />, { server });
    await screen.getByRole('button', { name: 'Close' }).click();
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    server.hold(['cities/9'], { actor: bo });
    await expect.element(screen.getByText('blocked')).toBeVisible();
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    await screen.getByRole('button', { name: 'Edit' }).click();
    await expect.element(screen.getByRole('dialog', { name: 'Paris is being changed' })).toBeVisible();
  });

  it('A form that acquires when free waits while its dialog is open', async () => {
    const server = new MemoryServer();
    const first = server.hold(rows(1), { actor: bo });
    const { screen } = await renderWithRowlock(<EditForm reacquire="when-free" />, { server });
    await expect.element(screen.getByRole('dialog', { name: 'Paris is being changed' })).toBeVisible();
    server.free(first);
    await expect.element(screen.getByRole('dialog', { name: 'Paris is free again' })).toBeVisible();
    await expect.element(screen.getByText('free', { exact: true })).toBeInTheDocument();
    await screen.getByRole('button', { name: 'Close' }).click();
    await expect.element(screen.getByText('held')).toBeVisible();
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
  });

  it('The dialog stays closed for users who only watch', async () => {
    const server = new MemoryServer();
    server.hold(rows(1), { actor: bo });
    const { screen } = await renderWithRowlock(<Watcher />, { server });
    await expect.element(screen.getByText('blocked')).toBeVisible();
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
  });

  it('ConflictModal passes ref and attributes to the dialog, and its state to className', async () => {
    const server = new MemoryServer();
    server.hold(rows(1), { actor: bo });
    const ref = createRef<HTMLDialogElement>();
    const { screen } = await renderWithRowlock(<Watcher dialogRef={ref} />, { server });
    await expect.element(screen.getByTestId('dialog')).toHaveClass('rowlock-modal', 'is-blocked');
    expect(ref.current?.open).toBe(true);
  });

  it('The dialog focuses Close, closes by Escape, and returns the focus', async () => {
    const server = new MemoryServer();
    const onClose = vi.fn();
    const { screen } = await renderWithRowlock(<Editor wanted={3} onClose={onClose} />, { server });
    await screen.getByLabelText('Name').click();
    server.hold(rows(1), { actor: bo });
    await expect.element(screen.getByRole('dialog')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Close' })).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    expect(onClose).toHaveBeenCalledTimes(1);
    await expect.element(screen.getByLabelText('Name')).toHaveFocus();
    await expect.element(screen.getByLabelText('Name')).toHaveValue('Paris');
  });

  it('The dialog follows the task, shows how it ended, and retries once when all rows are free', async () => {
    const server = new MemoryServer();
    const onRetry = vi.fn();
    const { id } = server.startTask({
      label: 'Normalise names',
      records: rows(3),
      actor: bo,
      progress: { done: 0, total: 100 },
    });
    const { screen } = await renderWithRowlock(<Editor wanted={3} onRetry={onRetry} />, { server });
    await expect.element(screen.getByRole('dialog', { name: 'All 3 rows are being changed' })).toBeVisible();
    server.updateTask(id, { progress: { done: 55, total: 100 } });
    await expect.element(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '55');
    await screen.getByRole('button', { name: 'Retry when free' }).click();
    expect(onRetry).not.toHaveBeenCalled();
    server.endTask(id, 'cancelled');
    await expect.element(screen.getByText(/^Cancelled\. Its rows are free/)).toBeVisible();
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledTimes(1));
  });

  it('The dialog stays open if somebody else acquires the rows next', async () => {
    const server = new MemoryServer();
    const onRetry = vi.fn();
    const first = server.hold(rows(1), { actor: bo });
    const { screen } = await renderWithRowlock(<Editor wanted={3} onRetry={onRetry} />, { server });
    await screen.getByRole('button', { name: 'Retry when free' }).click();
    server.hold(rows(1), { actor: { id: 'cy', name: 'Cy' } });
    server.free(first);
    await expect.element(screen.getByText('Cy is editing')).toBeVisible();
    await screen.getByText('1 other has finished').click();
    await expect.element(screen.getByText('Bo Berg was editing')).toBeVisible();
    await expect.element(screen.getByText('Bo Berg is no longer editing these rows.')).toBeVisible();
    await expect.element(screen.getByRole('dialog', { name: '1 of 3 rows is being changed' })).toBeVisible();
    expect(onRetry).not.toHaveBeenCalled();
  });

  it('The dialog shows neither free rows while the connection is down, nor a finished task that the server does not know', async () => {
    const server = new MemoryServer();
    const onRetry = vi.fn();
    const { id } = server.startTask({ label: 'Normalise names', records: rows(3) });
    const { screen, transport } = await renderWithRowlock(<Editor wanted={3} onRetry={onRetry} />, {
      server,
    });
    await screen.getByRole('button', { name: 'Retry when free' }).click();
    transport.disconnect();
    server.forgetTask(id);
    await expect.element(screen.getByText('Not certain – reconnecting…')).toBeVisible();
    await expect.element(screen.getByRole('dialog', { name: 'All 3 rows are being changed' })).toBeVisible();
    expect(onRetry).not.toHaveBeenCalled();
    transport.reconnect();
    await expect.element(screen.getByText(/Nobody knows how it ended/)).toBeVisible();
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledTimes(1));
  });

  it('A refusal counts more than an older view', async () => {
    const server = new MemoryServer();
    server.hold(rows(1), { actor: bo });
    const refused: Conflict = { lease: { ...lease, id: '1' }, recordCount: 1, records: rows(1) };
    const onRetry = vi.fn();
    const { screen } = await renderWithRowlock(
      <ConflictModal
        open
        total={1}
        recordLabel={() => 'Paris'}
        error={{ code: 'conflict', message: 'Paris is held.', conflicts: [refused] }}
        onClose={() => {}}
        onRetryWhenFree={onRetry}
      />,
      { server },
    );
    await screen.getByRole('button', { name: 'Retry when free' }).click();
    await expect.element(screen.getByRole('dialog', { name: 'Paris is being changed' })).toBeVisible();
    server.free('1');
    await expect.element(screen.getByRole('dialog', { name: 'Paris is free again' })).toBeVisible();
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledTimes(1));
  });

  it('The dialog says why locks cannot be checked, and retries when they can', async () => {
    const server = new MemoryServer();
    const onRetry = vi.fn();
    const { screen } = await renderWithRowlock(
      <ConflictModal
        open
        error={{
          type: 'urn:rowlock:problem:unavailable',
          title: 'Locks cannot be checked right now',
          status: 503,
          detail: 'Redis cannot be reached. Nothing was saved.',
          message: 'Redis cannot be reached. Nothing was saved.',
          code: 'unavailable',
        }}
        onClose={() => {}}
        onRetryWhenFree={onRetry}
      />,
      { server },
    );
    await expect
      .element(screen.getByRole('dialog', { name: 'Locks cannot be checked right now' }))
      .toBeVisible();
    await screen.getByText('Details').click();
    await expect.element(screen.getByText('Redis cannot be reached. Nothing was saved.')).toBeVisible();
    server.setCertain(false);
    await screen.getByRole('button', { name: 'Retry when possible' }).click();
    expect(onRetry).not.toHaveBeenCalled();
    server.setCertain(true);
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledTimes(1));
  });
});
