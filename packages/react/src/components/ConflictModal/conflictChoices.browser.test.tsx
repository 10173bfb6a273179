import { describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { AnyRowlockClient } from '../../core/client.ts';
import { createRowlockClient } from '../../core/client.ts';
import { useTaskLock } from '../../hooks/useTaskLock.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import type { MemoryServerOptions } from '../../testing/memoryServerOptions.ts';
import { createMemoryTransport } from '../../testing/memoryTransport.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { ann, bo, rows } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { ConflictModal } from './ConflictModal.tsx';
import type { ConflictModalProps } from './conflictModalProps.ts';

type FormProps = Pick<ConflictModalProps, 'canTakeOver' | 'canCancelTask'> & {
  onAcquired?: (acquired: { isAgain: boolean }) => void;
};

function Form({ onAcquired, ...choices }: FormProps) {
  const lock = useTaskLock([0], { resource: 'cities', ...(onAcquired && { onAcquired }) });
  return (
    <>
      <button type="button" onClick={() => void lock.acquire()}>
        Edit
      </button>
      <output>{`${lock.status}${lock.isWaiting ? ', waiting' : ''}`}</output>
      <ConflictModal lock={lock} recordLabel={() => 'Paris'} {...choices} />
    </>
  );
}

function openTabOf(actor: typeof bo, server: MemoryServer): AnyRowlockClient {
  const client = createRowlockClient({ transport: createMemoryTransport({ server, actor }), storage: null });
  client.start();
  return client;
}

/** Bo edits the row in a tab of his own, and Ann has tried to. */
async function setUp(props: FormProps = {}, options: MemoryServerOptions = {}, holder = bo) {
  const server = new MemoryServer(options);
  const other = openTabOf(holder, server);
  const theirs = await other.leases.acquire(['cities/0'], { label: 'Edit Paris' });
  const rendered = await renderWithRowlock(<Form {...props} />, { server });
  await expect.element(rendered.screen.getByText('blocked')).toBeVisible();
  await rendered.screen.getByRole('button', { name: 'Edit', exact: true }).click();
  const dialog = rendered.screen.getByRole('dialog', { name: 'Paris is being changed' });
  await expect.element(dialog).toBeVisible();
  return { ...rendered, server, other, theirs, dialog };
}

const press = async (name: string) => {
  const buttons = [...document.querySelectorAll<HTMLElement>('dialog button')];
  buttons.find((button) => button.textContent === name)!.focus();
  await userEvent.keyboard('{Enter}');
};

describe('The choices of ConflictModal', () => {
  it('The dialog is described by its holders, and not only named', async () => {
    const { dialog } = await setUp();
    await expect.element(dialog).toHaveAccessibleDescription('Bo Berg is editing: 1 row.');
  });

  it('A wait shows its position, and acquires the row when it is free', async () => {
    const onAcquired = vi.fn();
    const { screen, theirs, dialog } = await setUp({ onAcquired });
    await press('Wait until free');
    await expect.element(screen.getByText('You are next.')).toBeVisible();
    await expectAccessible(document.body);
    await theirs.release();
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(screen.getByText('held')).toBeVisible();
    expect(onAcquired).toHaveBeenCalledExactlyOnceWith({ isAgain: true });
  });

  it('A wait continues when its dialog is closed', async () => {
    const { screen, theirs, dialog } = await setUp();
    await press('Wait until free');
    await press('Close and keep waiting');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(screen.getByRole('button', { name: 'Edit', exact: true })).toHaveFocus();
    await expect.element(screen.getByText('blocked, waiting')).toBeVisible();
    await theirs.release();
    await expect.element(screen.getByText('held')).toBeVisible();
    await expect.element(dialog).not.toBeInTheDocument();
  });

  it('Stop waiting leaves the wait list, and the dialog stays', async () => {
    const { screen, theirs, server } = await setUp();
    await press('Wait until free');
    await press('Stop waiting');
    await expect.element(screen.getByRole('button', { name: 'Wait until free' })).toBeVisible();
    await theirs.release();
    await expect.element(screen.getByRole('dialog', { name: 'Paris is free again' })).toBeVisible();
    expect(server.leasesOn('cities/0')).toEqual([]);
  });

  it('Ask sends a message and shows that the question is open; if the holder releases, this tab has the row', async () => {
    const { screen, other, dialog } = await setUp();
    await press('Ask Bo Berg');
    await expect.element(screen.getByLabelText(/^Message to Bo Berg/)).toHaveFocus();
    await userEvent.keyboard('Two minutes?');
    await expectAccessible(document.body);
    await press('Send');
    await expect.element(screen.getByText(/^You have asked Bo Berg/)).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Ask Bo Berg' })).not.toBeInTheDocument();
    await expect.element(screen.getByRole('button', { name: 'Close' })).toHaveFocus();
    await expect.poll(() => other.leases.openReleaseRequests[0]?.message).toBe('Two minutes?');
    await other.leases.openReleaseRequests[0]!.answer('released');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(screen.getByText('held')).toBeVisible();
  });

  it.each([
    ['later', 'Bo Berg needs a little longer.'],
    ['refused', 'Bo Berg wants to keep the rows for now.'],
  ] as const)('The dialog shows the answer %s', async (answer, text) => {
    const { screen, other } = await setUp();
    await press('Ask Bo Berg');
    await press('Send');
    await expect.poll(() => other.leases.openReleaseRequests).toHaveLength(1);
    await other.leases.openReleaseRequests[0]!.answer(answer);
    await expect.element(screen.getByText(text, { exact: false }).last()).toBeVisible();
  });

  it('The dialog says if the holder has not answered', async () => {
    const { screen } = await setUp({}, { releaseRequestMs: 50 });
    await press('Ask Bo Berg');
    await press('Send');
    await expect.element(screen.getByText(/^Bo Berg has not answered/).last()).toBeVisible();
  });

  it('Take over is not offered unless the application permits it', async () => {
    const { screen } = await setUp();
    await expect.element(screen.getByRole('button', { name: 'Take over…' })).not.toBeInTheDocument();
  });

  it('Take over wants a reason, shows what the other person will see, and acquires the row', async () => {
    const { screen, other, dialog } = await setUp({ canTakeOver: true }, { authorize: () => true });
    const theirs = other.leases.hold(['cities/0']);
    await press('Take over…');
    await expect.element(screen.getByLabelText('Reason, for the other person')).toHaveFocus();
    await press('Take over');
    await expect.element(screen.getByText(/^Write a reason/)).toBeVisible();
    await expect.element(screen.getByLabelText('Reason, for the other person')).toHaveFocus();
    await userEvent.keyboard('Release at noon');
    await expect
      .element(screen.getByText(/“Ann Lee has taken over this row: Release at noon”/))
      .toBeVisible();
    await expectAccessible(document.body);
    expect(theirs.getState().kind).toBe('held');
    await press('Take over');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(screen.getByText('held')).toBeVisible();
    await expect.poll(() => theirs.getState()).toMatchObject({ kind: 'lost', why: 'Release at noon' });
  });

  it('A takeover that the server refuses is shown, with the technical text under Details', async () => {
    const { screen } = await setUp({ canTakeOver: true });
    await press('Take over…');
    await userEvent.keyboard('Now');
    await press('Take over');
    await expect.element(screen.getByText(/^This could not be taken over/)).toBeVisible();
    await screen.getByText('Details').click();
    await expect.element(screen.getByText(/may not take over from/)).toBeVisible();
  });

  it("In the user's own second tab the dialog offers to edit here instead", async () => {
    const { screen, dialog } = await setUp({}, { authorize: () => true }, ann);
    await expect.element(screen.getByText('You are editing in another tab')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Wait until free' })).not.toBeInTheDocument();
    await press('Edit here instead');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(screen.getByText('held')).toBeVisible();
  });

  it("The user's own task can be cancelled, and somebody else's only if the application permits it", async () => {
    const server = new MemoryServer();
    const own = server.startTask({ label: 'Mine', records: rows(1), actor: ann });
    const { screen } = await renderWithRowlock(<Form />, { server });
    await expect.element(screen.getByText('blocked')).toBeVisible();
    await screen.getByRole('button', { name: 'Edit', exact: true }).click();
    await screen.getByRole('button', { name: 'Cancel Mine' }).click();
    await expect.poll(() => server.task(own.id)?.cancelRequested).toBe(true);
    server.endTask(own.id, 'cancelled');
    await expect.element(screen.getByRole('dialog', { name: 'Paris is free again' })).toBeVisible();
    await press('Close');
    server.startTask({ label: 'Theirs', records: rows(1), actor: bo });
    await expect.element(screen.getByText('blocked')).toBeVisible();
    await screen.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect.element(screen.getByText('Theirs')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Cancel Theirs' })).not.toBeInTheDocument();
  });

  it('The dialog says when the rows will be free, if that is known', async () => {
    const server = new MemoryServer();
    server.startTask({
      label: 'Normalise names',
      records: rows(1),
      actor: bo,
      startedAt: Date.now() - 90_000,
      progress: { done: 50, total: 100 },
    });
    const { screen } = await renderWithRowlock(<Form />, { server });
    await expect.element(screen.getByText('blocked')).toBeVisible();
    await screen.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect.element(screen.getByText('1 row will be free in about 2 min.')).toBeVisible();
  });

  it.each([
    ['forbidden', 'You do not have the permission for this.'],
    ['bad_request', 'Something is wrong with this page or the server.'],
    ['too_many_records', 'These are too many rows at once.'],
    ['unavailable', 'The server cannot check right now who is editing.'],
  ] as const)('A refusal %s is explained for people, and never swallowed', async (code, text) => {
    const { screen, server } = await renderWithRowlock(<Form />);
    await expect.element(screen.getByText('free')).toBeVisible();
    server.refuse('acquire', { code, message: 'ERR 42' });
    await screen.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect.element(screen.getByText(text, { exact: false }).first()).toBeVisible();
    await expectAccessible(document.body);
    await screen.getByText('Details').click();
    await expect.element(screen.getByText('ERR 42')).toBeVisible();
  });

  it('The dialog opens where the browser knows no showModal, as in jsdom', async () => {
    const showModal = vi.spyOn(HTMLDialogElement.prototype, 'showModal').mockImplementation(() => {
      throw new TypeError('showModal is not a function');
    });
    const { screen, dialog } = await setUp();
    await expect.element(dialog).toBeVisible();
    await press('Close');
    await expect.element(dialog).not.toBeInTheDocument();
    await expect.element(screen.getByRole('button', { name: 'Edit', exact: true })).toHaveFocus();
    showModal.mockRestore();
  });
});
