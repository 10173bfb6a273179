/** The dialog for one row, for some rows and for all of them. */
import type { RecordKey } from '@rowlock/protocol';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn, screen, waitFor } from 'storybook/test';
import { ago, blockAll, Dialog } from './conflictDialog.tsx';
import { cities, cityName, LONG_LABEL } from './sampleRows.ts';
import { bo, cleo } from './stage.tsx';

const meta = {
  title: 'Components/ConflictModal',
  component: Dialog,
  parameters: { docs: { story: { inline: false, height: '520px' } } },
} satisfies Meta<typeof Dialog>;

export default meta;
type Story = StoryObj<typeof meta>;

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
    set: blockAll,
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
