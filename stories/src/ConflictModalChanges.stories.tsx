/** The dialog while something changes: the connection, the task, or the lock of a form. */
import { ConflictModal, useTaskLock } from '@rowlock/react';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { useState } from 'react';
import { expect, fn, screen, waitFor } from 'storybook/test';
import { ago, blockAll, Dialog } from './conflictDialog.tsx';
import { cities, cityName } from './sampleRows.ts';
import { after, bo, keepWorking, Stage } from './stage.tsx';

const meta = {
  title: 'Components/ConflictModal while open',
  component: Dialog,
  parameters: { docs: { story: { inline: false, height: '520px' } } },
} satisfies Meta<typeof Dialog>;

export default meta;
type Story = StoryObj<typeof meta>;

/** The task has no worker. The rows stay locked, and the dialog says so. */
export const NoWorker: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Normalise names · France',
        actor: bo,
        records: cities(25),
        createdAt: ago(9),
        hasWorker: false,
        progress: { done: 3_712, total: 8_836 },
      }),
    onRetryWhenFree: fn(),
  },
  play: async () => {
    const [words] = await screen.findAllByText(/^No worker is running it/);
    await expect(words).toBeVisible();
  },
};

/** The dialog is open when the connection is lost. */
export const Offline: Story = {
  args: {
    set: blockAll,
    move: (_, transport) => after(300, () => transport.disconnect()),
    onRetryWhenFree: fn(),
  },
  play: async () => {
    await expect(await screen.findByText('Not certain – reconnecting…')).toBeVisible();
    await expect(await screen.findByRole('dialog', { name: 'All 25 rows are being changed' })).toBeVisible();
  },
};

/** The task fails while the user waits. The dialog shows the reason, and nothing runs before the rows are free. */
export const FailedMeanwhile: Story = {
  args: {
    set: blockAll,
    move: (server) => after(300, () => void server.endTask('task-1', 'failed', 'the database is full.')),
    onRetryWhenFree: fn(),
  },
  play: async ({ args }) => {
    await expect(await screen.findByText(/Failed: the database is full/)).toBeVisible();
    await expect(await screen.findByRole('dialog', { name: 'All 25 rows are free' })).toBeVisible();
    await expect(args.onRetryWhenFree).not.toHaveBeenCalled();
    await expect(screen.getByRole('button', { name: 'Continue' })).toBeVisible();
  },
};

/** After one press, “Retry when free” waits and then runs once by itself. */
export const RunsWhenFree: Story = {
  args: {
    set: (server) => {
      server.startTask({
        label: 'Normalise names · France',
        actor: bo,
        records: cities(25),
        progress: { done: 8_700, total: 8_836, etaMs: 4_000 },
      });
    },
    move: (server) => after(900, () => void server.endTask('task-1')),
    onRetryWhenFree: fn(),
  },
  play: async ({ args, userEvent }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Retry when free' }));
    await expect(screen.getByRole('button', { name: 'Waiting until free…' })).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    await expect(args.onRetryWhenFree).not.toHaveBeenCalled();
    await waitFor(() => expect(args.onRetryWhenFree).toHaveBeenCalledTimes(1), { timeout: 3_000 });
    await expect(screen.getByText('Finished. Its rows are free and show their new values.')).toBeVisible();
  },
};

/** The form of the README. It needs only the lock. The dialog opens by itself, and closes when the row is held. */
export const EditForm: Story = {
  args: {
    set: (server) => {
      server.startTask({ label: 'Normalise names · France', actor: bo, records: cities(1) });
    },
  },
  render: ({ set }) => (
    <Stage {...(set && { set })} move={(server) => after(900, () => void server.endTask('task-1'))}>
      <CityForm />
    </Stage>
  ),
  play: async ({ userEvent }) => {
    await screen.findByRole('dialog', { name: 'Paris is being changed' });
    await screen.findByRole('dialog', { name: 'Paris is free again' }, { timeout: 3_000 });
    await userEvent.click(screen.getByRole('button', { name: 'Continue' }));
    await waitFor(() => expect(screen.getByRole('button', { name: 'Save' })).toBeEnabled());
    await expect(screen.queryByRole('dialog')).toBeNull();
    await expect(screen.getByText('Loaded 2 times')).toBeVisible();
  },
};

function CityForm() {
  const [loadCount, setLoadCount] = useState(1);
  const lock = useTaskLock([0], {
    resource: 'cities',
    hold: true,
    onAcquired: () => setLoadCount((count) => count + 1),
  });
  return (
    <>
      <p>Loaded {loadCount} times</p>
      <button type="button" className="rowlock-button" disabled={!lock.isHeld}>
        Save
      </button>
      <ConflictModal lock={lock} recordLabel={cityName} />
    </>
  );
}

export const Live: Story = {
  args: {
    move: (server) => keepWorking(server, 'Normalise names · France', cities(25)),
  },
  render: ({ move }) => (
    <Stage {...(move && { move })}>
      <WhileBlocked />
    </Stage>
  ),
};

/** Open while rows are blocked. After the user closes it, it stays closed. */
function WhileBlocked() {
  const lock = useTaskLock(
    cities(25).map((_, index) => index),
    { resource: 'cities' },
  );
  const [open, setOpen] = useState(true);
  return (
    <ConflictModal
      lock={lock}
      open={open && lock.isBlocked()}
      recordLabel={cityName}
      onClose={() => setOpen(false)}
      onRetryWhenFree={() => setOpen(false)}
    />
  );
}
