import { TaskTray } from '@rowlock/react';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import { cities, LONG_LABEL } from './sampleRows.ts';
import { after, ann, bo, keepWorking, Stage, type StageProps } from './stage.tsx';

function Tray({ defaultOpen, ...stage }: Omit<StageProps, 'children'> & { defaultOpen?: boolean }) {
  return (
    <Stage {...stage}>
      <TaskTray {...(defaultOpen !== undefined && { defaultOpen })} />
    </Stage>
  );
}

const meta = {
  title: 'TaskTray',
  component: Tray,
  parameters: { layout: 'fullscreen', docs: { story: { inline: false, height: '460px' } } },
} satisfies Meta<typeof Tray>;

export default meta;
type Story = StoryObj<typeof meta>;

/** Without tasks, there is no tray. */
export const Empty: Story = {
  play: async ({ canvas }) => {
    await expect(canvas.queryByRole('region')).toBeNull();
  },
};

/** Users can cancel their own tasks. */
export const One: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Normalise names · France',
        actor: ann,
        records: cities(3),
        progress: { done: 3_712, total: 8_836, stage: 'Normalising names', etaMs: 72_000 },
      }),
  },
  play: async ({ canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Cancel Normalise names · France' }));
    await expect(await canvas.findByText('Stopping…')).toBeVisible();
  },
};

/** Running tasks come first, then tasks that ended while the tray was open. */
export const Many: Story = {
  args: {
    set: (server) => {
      server.startTask({ label: 'Export cities · CSV', actor: ann, progress: { done: 10, total: 200 } });
      server.startTask({
        label: 'Recompute population share',
        actor: bo,
        progress: { done: 80, total: 200, etaMs: 9_000 },
      });
      server.startTask({ label: 'Normalise names · Spain', actor: bo, state: 'queued', attempt: 0 });
      server.startTask({ label: 'Set time zone · Italy', actor: ann, progress: { done: 200, total: 9_940 } });
    },
    move: (server) => {
      const first = after(200, () => void server.endTask('task-1'));
      const second = after(
        250,
        () => void server.endTask('task-4', 'failed', 'Unknown time zone "Europe/Rom".'),
      );
      return () => {
        first();
        second();
      };
    },
  },
  play: async ({ canvas, userEvent }) => {
    await expect(await canvas.findByText('2 tasks running')).toBeVisible();
    await expect(await canvas.findByText(/^Failed: Unknown time zone/)).toBeVisible();
    await userEvent.click(canvas.getByRole('button', { name: 'Dismiss Export cities · CSV' }));
    await expect(canvas.queryByText('Export cities · CSV')).toBeNull();
  },
};

export const TooMany: Story = {
  args: {
    set: (server) => {
      for (let index = 1; index <= 40; index++) {
        server.startTask({
          label: `Normalise names · Region ${index}`,
          actor: index % 2 ? ann : bo,
          progress: { done: index * 20, total: 1_000 },
        });
      }
    },
  },
};

export const VeryLongName: Story = {
  args: {
    set: (server) =>
      void server.startTask({ label: LONG_LABEL, actor: ann, progress: { done: 1, total: 3 } }),
  },
};

export const NoWorker: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Normalise names · France',
        actor: ann,
        hasWorker: false,
        progress: { done: 3_712, total: 8_836 },
      }),
  },
};

export const Collapsed: Story = {
  args: { ...One.args, defaultOpen: false },
  play: async ({ canvas, userEvent }) => {
    const head = await canvas.findByRole('button', { name: /1 task running/ });
    await expect(head).toHaveAttribute('aria-expanded', 'false');
    await userEvent.click(head);
    await expect(canvas.getByText('Normalise names · France')).toBeVisible();
    await userEvent.click(head);
  },
};

export const Offline: Story = {
  args: { ...One.args, move: (_, transport) => after(100, () => transport.disconnect()) },
};

export const Live: Story = {
  args: { move: (server) => keepWorking(server, 'Normalise names · France', cities(3)) },
};
