/** The choices of the dialog: wait, ask, take over, edit here, cancel. */
import type { ReleaseAnswer } from '@rowlock/protocol';
import type { MemoryServer } from '@rowlock/react/testing';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, screen, waitFor } from 'storybook/test';
import { ago, Dialog } from './conflictDialog.tsx';
import { cities } from './sampleRows.ts';
import { openTabOf } from './secondUser.ts';
import { ann, bo, cleo } from './stage.tsx';

const meta = {
  title: 'Components/ConflictModal choices',
  component: Dialog,
  args: { wanted: 1 },
  parameters: { docs: { story: { inline: false, height: '560px' } } },
} satisfies Meta<typeof Dialog>;

export default meta;
type Story = StoryObj<typeof meta>;

const heldByBo = (server: MemoryServer) =>
  void server.hold(cities(1), { actor: bo, label: 'Edit Paris', since: ago(3) });

/** Bo holds the row in a tab of his own, and answers each question in the same way. */
function answering(answer: Exclude<ReleaseAnswer, 'unanswered'> | undefined) {
  return (server: MemoryServer) => {
    const { client, close } = openTabOf(bo, server);
    void client.leases.acquire(['cities/0'], { label: 'Edit Paris' });
    const stop = client.leases.onReleaseRequested((request) => {
      if (answer) void request.answer(answer);
    });
    return () => {
      stop();
      close();
    };
  };
}

/** The wait shows its position, and continues when the dialog is closed. */
export const Waiting: Story = {
  args: { set: heldByBo },
  play: async ({ userEvent }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Wait until free' }));
    await expect(await screen.findByText('You are next.')).toBeVisible();
    await expect(screen.getByRole('button', { name: 'Close and keep waiting' })).toHaveFocus();
  },
};

/** The message to the holder. */
export const Asking: Story = {
  args: { set: heldByBo },
  play: async ({ userEvent }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Ask Bo Berg' }));
    await userEvent.type(screen.getByLabelText(/^Message to Bo Berg/), 'I need it for two minutes.');
  },
};

/** The question is open. */
export const Asked: Story = {
  args: { move: answering(undefined) },
  play: async ({ userEvent }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Ask Bo Berg' }));
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await expect((await screen.findAllByText(/^You have asked Bo Berg/))[0]).toBeVisible();
  },
};

/** The holder needs a little longer. */
export const AnsweredLater: Story = {
  args: { move: answering('later') },
  play: async ({ userEvent }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Ask Bo Berg' }));
    await userEvent.click(screen.getByRole('button', { name: 'Send' }));
    await expect((await screen.findAllByText(/^Bo Berg needs a little longer/))[0]).toBeVisible();
  },
};

/** The reason, and the text that the other person will see. */
export const TakingOver: Story = {
  args: { set: heldByBo, canTakeOver: true },
  play: async ({ userEvent }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Take over…' }));
    await userEvent.click(screen.getByRole('button', { name: 'Take over' }));
    await expect(screen.getByText(/^Write a reason/)).toBeVisible();
    await userEvent.type(screen.getByLabelText('Reason, for the other person'), 'The page goes live at noon');
    await expect(
      screen.getByText(/“Ann Lee has taken over this row: The page goes live at noon”/),
    ).toBeVisible();
  },
};

/** The server refuses the takeover. */
export const TakeOverRefused: Story = {
  args: { set: heldByBo, canTakeOver: true },
  play: async ({ userEvent }) => {
    await userEvent.click(await screen.findByRole('button', { name: 'Take over…' }));
    await userEvent.type(screen.getByLabelText('Reason, for the other person'), 'Now');
    await userEvent.click(screen.getByRole('button', { name: 'Take over' }));
    await expect(await screen.findByText(/^This could not be taken over/)).toBeVisible();
  },
};

/** The user's own second tab. */
export const OwnOtherTab: Story = {
  args: {
    set: (server) => void server.hold(cities(1), { actor: ann, label: 'Edit Paris', since: ago(3) }),
  },
  play: async () => {
    await expect(await screen.findByRole('button', { name: 'Edit here instead' })).toBeVisible();
  },
};

/** The user's own task can be cancelled here. */
export const OwnTask: Story = {
  args: {
    wanted: 25,
    set: (server) =>
      void server.startTask({
        label: 'Normalise names · France',
        actor: ann,
        records: cities(25),
        progress: { done: 3_712, total: 8_836, stage: 'Normalising names', etaMs: 72_000 },
      }),
  },
  play: async () => {
    await expect(
      await screen.findByRole('button', { name: 'Cancel Normalise names · France' }),
    ).toBeVisible();
  },
};

/** Everything at once: people, a task, and somebody who has finished. */
export const EveryChoice: Story = {
  args: {
    wanted: 25,
    canTakeOver: true,
    onContinueWithFree: () => {},
    set: (server) => {
      server.startTask({
        label: 'Normalise names · Île-de-France',
        actor: bo,
        records: cities(2),
        progress: { done: 170, total: 402, stage: 'Normalising names', etaMs: 41_000 },
      });
      server.hold(cities(1, 2), { actor: cleo, label: 'Edit Marseille', since: ago(12) });
      server.hold(cities(1, 3), { actor: bo, label: 'Edit Toulouse', since: ago(1) });
    },
    move: (server) => {
      const timer = setTimeout(() => server.free(server.leasesOn('cities/3')[0]?.id ?? ''), 600);
      return () => clearTimeout(timer);
    },
  },
  play: async () => {
    await waitFor(() => expect(screen.getByText('1 other has finished')).toBeVisible(), { timeout: 4_000 });
    await expect(screen.getByRole('button', { name: 'Take over…' })).toBeVisible();
  },
};
