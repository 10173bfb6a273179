/** A form that reads first. The banner shows why it cannot be edited, and the dialog opens on demand. */
import { LockBanner, LockedFieldset, useTaskLock } from '@rowlock/react';
import type { MemoryServer } from '@rowlock/react/testing';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { type FunctionComponent, useState } from 'react';
import { expect, screen, waitFor } from 'storybook/test';
import { ago } from './conflictDialog.tsx';
import './form.css';
import { cities, LONG_LABEL } from './sampleRows.ts';
import { after, ann, bo, keepWorking, Stage, type StageProps } from './stage.tsx';

type Args = Pick<StageProps, 'set' | 'move'> & {
  /** The form begins to edit at once */
  isEditing?: boolean;
};

function CityForm({ isEditing: isFirstEditing = false }: Pick<Args, 'isEditing'>) {
  const [isEditing, setEditing] = useState(isFirstEditing);
  const lock = useTaskLock([0], { resource: 'cities', hold: isEditing });
  return (
    <form className="story-form" onSubmit={(event) => event.preventDefault()}>
      <LockBanner lock={lock} recordLabel={() => 'Paris'} canTakeOver />
      <LockedFieldset lock={lock} hideReason onEdit={() => setEditing(true)}>
        <legend>City</legend>
        <label>
          Name <input defaultValue="Paris" />
        </label>
        <label>
          Population <input type="number" defaultValue={2_103_000} />
        </label>
      </LockedFieldset>
    </form>
  );
}

const meta = {
  title: 'Components/LockBanner',
  component: LockBanner as FunctionComponent<object>,
  render: ({ isEditing, ...stage }: Args) => (
    <Stage {...stage}>
      <CityForm {...(isEditing !== undefined && { isEditing })} />
    </Stage>
  ),
} satisfies Meta<Args>;

export default meta;
type Story = StoryObj<Args>;

const heldByBo = (server: MemoryServer) =>
  void server.hold(cities(1), { actor: bo, label: 'Edit Paris', since: ago(3) });

/** A colleague edits the row. */
export const ByAPerson: Story = {
  args: { set: heldByBo },
  play: async () => {
    await expect(await screen.findByRole('group', { name: 'Bo Berg is editing Paris' })).toBeVisible();
    await expect(screen.queryByRole('dialog')).toBeNull();
  },
};

/** A task changes the row. */
export const ByATask: Story = {
  args: { move: (server) => keepWorking(server, 'Normalise names · France', cities(1), 60_000) },
  play: async () => {
    await expect(await screen.findByRole('progressbar')).toBeVisible();
  },
};

/** A very long name of a task. */
export const LongName: Story = {
  args: { set: (server) => void server.startTask({ label: LONG_LABEL, actor: bo, records: cities(1) }) },
};

/** The user's own other tab. */
export const OwnOtherTab: Story = {
  args: { set: (server) => void server.hold(cities(1), { actor: ann, label: 'Edit Paris', since: ago(3) }) },
  play: async () => {
    await expect(await screen.findByRole('button', { name: 'Edit here instead' })).toBeVisible();
  },
};

/** The user waits in the wait list. */
export const Waiting: Story = {
  args: { set: heldByBo },
  play: async ({ userEvent }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Wait' }));
    await expect(await screen.findByText('You are next.')).toBeVisible();
  },
};

/** The row is free again, after an attempt to edit it. */
export const FreeAgain: Story = {
  args: {
    isEditing: true,
    set: heldByBo,
    move: (server) => after(600, () => server.free(server.leasesOn('cities/0')[0]?.id ?? '')),
  },
  play: async ({ userEvent }) => {
    const button = await screen.findByRole('button', { name: 'Continue' }, { timeout: 4_000 });
    await expect(button).toBeVisible();
    await userEvent.tab();
  },
};

/** Somebody has taken the row over. */
export const TakenOver: Story = {
  args: {
    isEditing: true,
    move: (server) =>
      after(600, () => {
        const [lease] = server.leasesOn('cities/0');
        if (!lease) return;
        server.free(lease.id, 'taken over', { by: bo, why: 'The page goes live at noon.' });
        heldByBo(server);
      }),
  },
  play: async () => {
    await waitFor(() => expect(screen.getByText('Bo Berg has taken over Paris')).toBeVisible(), {
      timeout: 4_000,
    });
  },
};

/** The server refuses the lock, since the user may only read. */
export const Refused: Story = {
  args: {
    isEditing: true,
    set: (server) =>
      server.refuse('acquire', { code: 'forbidden', message: 'Ann Lee may not acquire cities/0.' }),
  },
  play: async () => {
    await expect(
      await screen.findByText('You do not have the permission for this. Ask your administrator.'),
    ).toBeVisible();
  },
};

/** The connection is lost. */
export const Offline: Story = {
  args: { set: heldByBo, move: (_, transport) => after(400, () => transport.disconnect()) },
  play: async () => {
    await waitFor(() => expect(document.querySelector('.rowlock-lock-banner[data-stale]')).not.toBeNull(), {
      timeout: 4_000,
    });
  },
};
