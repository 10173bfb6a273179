import { TaskDetails, type TaskDetailsProps } from '@rowlock/react';
import type { MemoryServer } from '@rowlock/react/testing';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn } from 'storybook/test';
import { cities, cityName } from './sampleRows.ts';
import { after, ann, bo, Stage, type StageProps } from './stage.tsx';

type Args = Omit<StageProps, 'children'> & Partial<TaskDetailsProps>;

/** The page of one task. */
function Page({ set, move, ...details }: Args) {
  return (
    <Stage {...(set && { set })} {...(move && { move })}>
      <TaskDetails taskId="a" recordLabel={cityName} {...details} />
    </Stage>
  );
}

const meta = { title: 'Components/TaskDetails', component: Page, args: { onOpenTask: fn() } } satisfies Meta<
  typeof Page
>;

export default meta;
type Story = StoryObj<typeof meta>;

function start(server: MemoryServer) {
  server.startTask({
    id: 'a',
    label: 'Normalise names · France',
    actor: ann,
    attempt: 2,
    records: cities(8),
    progress: {
      done: 3,
      total: 8,
      stage: 'Writing rows',
      etaMs: 15_000,
      stages: [
        { name: 'Reading rows', done: 8, total: 8 },
        { name: 'Writing rows', done: 3, total: 8 },
      ],
    },
  });
  server.writeLog('a', 'Reading 8 rows');
  server.writeLog('a', 'The worker of the first attempt was lost. Continuing after row 2');
}

export const Running: Story = {
  args: { set: start },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Reading 8 rows')).toBeVisible();
  },
};

/** It has launched other tasks, under its lease. */
export const WithChildren: Story = {
  args: {
    set: (server) => {
      start(server);
      server.startTask({
        label: 'Normalise names · Paris',
        actor: ann,
        parentId: 'a',
        progress: { done: 20, total: 40 },
      });
      server.startTask({ label: 'Normalise names · Lyon', actor: ann, parentId: 'a', state: 'completed' });
    },
  },
  play: async ({ args, canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Normalise names · Paris' }));
    await expect(args.onOpenTask).toHaveBeenCalled();
  },
};

export const SomeRowsFailed: Story = {
  args: {
    set: (server) => {
      start(server);
      server.failRecords(
        'a',
        cities(8).slice(2, 5),
        'It was changed by another task meanwhile, and left as it is.',
      );
      server.endTask('a');
    },
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Marseille')).toBeVisible();
    await expect(canvas.getByRole('button', { name: /^Retry failed/ })).toBeVisible();
  },
};

export const Failed: Story = {
  args: {
    set: (server) => {
      start(server);
      server.endTask(
        'a',
        'failed',
        'TypeError: Cannot read properties of undefined\n    at rename (rename.ts:17)',
      );
    },
    explainError: () => 'One of the names is empty.',
  },
};

export const OfSomebodyElse: Story = {
  args: {
    set: (server) =>
      void server.startTask({ id: 'a', label: 'Merge regions', actor: bo, state: 'waiting', position: 2 }),
  },
};

export const Unknown: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/^The server no longer knows this task/)).toBeVisible();
  },
};

export const Offline: Story = {
  args: { set: start, move: (_, transport) => after(200, () => transport.disconnect()) },
};
