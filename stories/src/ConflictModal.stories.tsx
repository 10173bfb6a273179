import type { Conflict, RecordKey } from '@rowlock/protocol';
import { ConflictModal, type ConflictModalProps, useTaskLock } from '@rowlock/react';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { useState } from 'react';
import { expect, fn, screen, waitFor } from 'storybook/test';
import { cities, cityName, LONG_LABEL, MINUTE_MS } from './sampleRows.ts';
import { after, bo, cleo, keepWorking, Stage, type StageProps } from './stage.tsx';

type Args = Omit<ConflictModalProps, 'open' | 'onClose' | 'lock'> &
  Omit<StageProps, 'children'> & {
    /** The number of requested rows */
    wanted?: number;
    onClose?: () => void;
  };

function Dialog({ set, move, ...props }: Args) {
  return (
    <Stage {...(set && { set })} {...(move && { move })}>
      <Opened {...props} />
    </Stage>
  );
}

function Opened({ wanted = 25, onClose, ...props }: Omit<Args, 'set' | 'move'>) {
  const [open, setOpen] = useState(true);
  const ids = cities(wanted).map((_, index) => index);
  const lock = useTaskLock(ids, { resource: 'cities' });
  const close = () => {
    setOpen(false);
    onClose?.();
  };
  const isReady = props.error !== undefined || lock.status !== 'pending';
  return (
    <>
      <button type="button" className="rowlock-button" onClick={() => setOpen(true)}>
        Open
      </button>
      <ConflictModal
        open={open && isReady}
        recordLabel={cityName}
        total={wanted}
        onClose={close}
        {...(props.error === undefined && { lock })}
        {...props}
      />
    </>
  );
}

const meta = {
  title: 'ConflictModal',
  component: Dialog,
  parameters: { docs: { story: { inline: false, height: '520px' } } },
} satisfies Meta<typeof Dialog>;

export default meta;
type Story = StoryObj<typeof meta>;

const ago = (minutes: number) => Date.now() - minutes * MINUTE_MS;

/** A colleague edits the requested row. */
export const OneRow: Story = {
  args: {
    wanted: 1,
    set: (server) => void server.hold(cities(1), { actor: bo, label: 'Edit Paris', since: ago(3) }),
    onRetryWhenFree: fn(),
    onClose: fn(),
  },
  play: async ({ args, userEvent }) => {
    const dialog = await screen.findByRole('dialog', { name: 'Paris is being changed' });
    await expect(dialog).toBeVisible();
    await waitFor(() => expect(screen.getByRole('button', { name: 'Close' })).toHaveFocus());
    await userEvent.click(screen.getByRole('button', { name: 'Close' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    await expect(args.onClose).toHaveBeenCalledTimes(1);
    await userEvent.click(screen.getByRole('button', { name: 'Open' }));
    await screen.findByRole('dialog');
  },
};

/** A person and a task block some of the rows. */
export const SomeRows: Story = {
  args: {
    set: (server) => {
      server.startTask({
        label: 'Normalise names · Île-de-France',
        actor: bo,
        records: [...cities(2), ...cities(400, 100)],
        createdAt: ago(1),
        progress: { done: 170, total: 402, stage: 'Normalising names', etaMs: 41_000 },
      });
      server.hold(cities(1, 2), { actor: cleo, label: 'Edit Marseille', since: ago(12) });
    },
    onContinueWithFree: fn(),
    onRetryWhenFree: fn(),
  },
  play: async ({ args, userEvent }) => {
    await screen.findByRole('dialog', { name: '3 of 25 rows are being changed' });
    await userEvent.click(screen.getByRole('button', { name: 'Continue with the 22 free rows' }));
    await expect(args.onContinueWithFree).toHaveBeenCalledTimes(1);
  },
};

/** One task blocks all rows of the page. The dialog names the first rows and counts the rest. */
export const Many: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Normalise names · France',
        actor: bo,
        records: cities(25),
        createdAt: ago(2),
        progress: { done: 3_712, total: 8_836, stage: 'Normalising names', etaMs: 72_000 },
      }),
    onRetryWhenFree: fn(),
  },
};

/** More holders than fit. The list scrolls, and the title and the buttons stay visible. */
export const TooMany: Story = {
  args: {
    set: (server) => {
      cities(18).forEach((key, index) => {
        server.hold([key], {
          actor: { id: `p${index}`, name: `${cityName(key)} Desk` },
          since: ago(index * 5),
        });
      });
    },
    onContinueWithFree: fn(),
    onRetryWhenFree: fn(),
  },
};

export const VeryLongNames: Story = {
  args: {
    set: (server) => {
      server.startTask({
        label: LONG_LABEL,
        actor: { id: 'w', name: 'Wolfeschlegelsteinhausenbergerdorff the Elder' },
        records: cities(7),
        progress: {
          done: 1,
          total: 3,
          stage: 'Reading the rows of all regions and of their dependencies overseas',
        },
      });
    },
    recordLabel: (key: RecordKey) => `${cityName(key)}-sur-Llanfairpwllgwyngyllgogerychwyrndrobwll`,
    onContinueWithFree: fn(),
    onRetryWhenFree: fn(),
  },
};

/** An export only reads the rows, but nobody may change them meanwhile. */
export const ReadByAnExport: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Export cities · CSV',
        actor: cleo,
        mode: 'shared',
        records: cities(25),
        progress: { done: 5_100, total: 8_836, stage: 'Writing rows', etaMs: 9_000 },
      }),
    onRetryWhenFree: fn(),
  },
};

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
    set: Many.args?.set,
    move: (_, transport) => after(300, () => transport.disconnect()),
    onRetryWhenFree: fn(),
  } as Args,
  play: async () => {
    await expect(await screen.findByText('Not certain – reconnecting…')).toBeVisible();
    await expect(await screen.findByRole('dialog', { name: 'All 25 rows are being changed' })).toBeVisible();
  },
};

/** The task fails while the user waits. The dialog shows the reason, and nothing runs before the rows are free. */
export const FailedMeanwhile: Story = {
  args: {
    set: Many.args?.set,
    move: (server) => after(300, () => void server.endTask('task-1', 'failed', 'the database is full.')),
    onRetryWhenFree: fn(),
  } as Args,
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

const refusal: Conflict = {
  lease: {
    id: '1',
    holder: { type: 'person', id: 'tab-of-bo', label: 'Edit Paris', actor: bo },
    mode: 'exclusive',
    since: ago(4),
    recordCount: 1,
  },
  recordCount: 1,
  records: cities(1),
};

/** The conflicts come from the answer of a guarded route: `409` with `application/problem+json`. */
export const FromAProblem: Story = {
  args: {
    wanted: 1,
    set: (server) => void server.hold(cities(1), { actor: bo, label: 'Edit Paris', since: ago(4) }),
    error: {
      type: 'urn:rowlock:problem:conflict',
      title: 'Some records are being changed by somebody else',
      status: 409,
      detail: 'Paris is being changed by Bo Berg.',
      code: 'conflict',
      conflicts: [refusal],
    },
    onRetryWhenFree: fn(),
  },
};

/** Redis is away. Nothing is saved, and the dialog shows the reason. */
export const Unavailable: Story = {
  args: {
    move: (server) => after(50, () => server.setCertain(false)),
    error: {
      code: 'unavailable',
      message:
        'The lock registry cannot be reached, so nothing was saved. Your changes are still in the form.',
    },
    onRetryWhenFree: fn(),
  },
};

export const NoPermission: Story = {
  args: {
    error: { code: 'forbidden', message: 'You may look at cities, but not change them. Ask an editor.' },
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
