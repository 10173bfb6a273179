import type { TaskView } from '@rowlock/protocol';
import { TaskProgress, type TaskProgressProps } from '@rowlock/react';
import type { MemoryServer } from '@rowlock/react/testing';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn } from 'storybook/test';
import { cities, LONG_LABEL } from './sampleRows.ts';
import { bo, every, keepWorking, Stage, type StageProps } from './stage.tsx';
import './table.css';

type Args = Pick<TaskProgressProps, 'onCancel' | 'hideLabel'> &
  Omit<StageProps, 'children'> & { taskId?: string };

function Progress({ onCancel, hideLabel, taskId = 'task-1', ...stage }: Args) {
  return (
    <Stage {...stage}>
      <div className="story-narrow">
        <TaskProgress
          taskId={taskId}
          {...(onCancel && { onCancel })}
          {...(hideLabel !== undefined && { hideLabel })}
        />
      </div>
    </Stage>
  );
}

const meta = {
  title: 'Components/TaskProgress',
  component: Progress,
} satisfies Meta<typeof Progress>;

export default meta;
type Story = StoryObj<typeof meta>;

const start = (change: Partial<TaskView>) => (server: MemoryServer) => {
  server.startTask({
    label: 'Normalise names · France',
    actor: bo,
    ...change,
    progress: { done: 3_712, total: 8_836, stage: 'Normalising names', etaMs: 72_000, ...change.progress },
    recordCount: 8_836,
  });
};

export const Running: Story = {
  args: { set: start({}), onCancel: fn() },
  play: async ({ canvas, userEvent, args }) => {
    const bar = await canvas.findByRole('progressbar', { name: 'Normalise names · France' });
    await expect(bar).toHaveAttribute('aria-valuenow', '42');
    await expect(bar).toHaveAttribute('aria-valuetext', '42 %, Running');
    await userEvent.click(canvas.getByRole('button', { name: 'Cancel Normalise names · France' }));
    await expect(args.onCancel).toHaveBeenCalledWith('task-1');
  },
};

/** The first worker was killed. A second one started from the beginning, and says so. */
export const BegunAgain: Story = {
  args: { set: start({ attempt: 2, progress: { done: 200, total: 8_836 } }) },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/^Attempt 2 · /)).toBeVisible();
  },
};

/** Launched, but not started by a worker yet. */
export const FirstSecond: Story = {
  args: {
    set: start({ state: 'queued', attempt: 0, progress: { done: 0, total: null, stage: '' } }),
    onCancel: fn(),
  },
};

/** The total is unknown. The bar moves without a percentage. */
export const WithoutTotal: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: 'Export cities',
        progress: { done: 1_204, total: null, stage: 'Writing rows' },
      }),
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('progressbar')).not.toHaveAttribute('aria-valuenow');
  },
};

export const Waiting: Story = { args: { set: start({ state: 'waiting', position: 2 }) } };
export const Retrying: Story = { args: { set: start({ state: 'retrying', attempt: 2 }) } };

export const NoWorker: Story = { args: { set: start({ hasWorker: false }), onCancel: fn() } };

/** An administrator has paused the queue. */
export const Paused: Story = {
  args: {
    set: start({ state: 'queued', attempt: 0, isPaused: true, progress: { done: 0, total: null } }),
    onCancel: fn(),
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/^Paused: no task starts/)).toBeVisible();
  },
};

export const Stopping: Story = { args: { set: start({ cancelRequested: true }), onCancel: fn() } };

export const Completed: Story = { args: { set: start({ state: 'completed' }) } };

export const Failed: Story = {
  args: {
    set: start({
      state: 'failed',
      error: 'The database refused the write: disk full. 3,712 rows had been changed before.',
    }),
  },
};

export const Cancelled: Story = { args: { set: start({ state: 'cancelled' }) } };

/** The server no longer knows the task. It is not shown as done. */
export const Missing: Story = {
  args: { taskId: 'gone' },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/nobody knows how it ended/)).toBeVisible();
  },
};

/** Its position is kept until the first answer. */
export const Loading: Story = {
  args: { set: (server) => server.refuse('watch', { code: 'unavailable', message: 'Redis is away.' }) },
};

export const Offline: Story = {
  args: {
    set: start({}),
    onCancel: fn(),
    move: (_, transport) => {
      const timer = setTimeout(() => transport.disconnect(), 100);
      return () => clearTimeout(timer);
    },
  },
};

export const VeryLongName: Story = { args: { set: start({ label: LONG_LABEL }), onCancel: fn() } };

/** Without a label, because the text above shows it, as in the conflict dialog. */
export const WithoutLabel: Story = { args: { set: start({}), hideLabel: true } };

export const Live: Story = {
  args: { move: (server) => keepWorking(server, 'Normalise names · France', cities(3)), onCancel: fn() },
};

/** An old update arrives late. The bar never moves back. */
export const NeverGoesBack: Story = {
  args: {
    set: start({}),
    move: (server) => {
      let isBack = false;
      return every(400, () => {
        isBack = !isBack;
        const done = isBack ? 1_000 : 3_712;
        server.updateTask('task-1', { progress: { done, total: 8_836 } });
      });
    },
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('42 %')).toBeVisible();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expect(canvas.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '42');
  },
};
