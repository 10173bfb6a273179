import type { TaskState } from '@rowlock/protocol';
import { TaskDashboard } from '@rowlock/react';
import type { MemoryServer } from '@rowlock/react/testing';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fn } from 'storybook/test';
import { cities, LONG_LABEL } from './sampleRows.ts';
import { after, ann, bo, cleo, keepWorking, Stage, type StageProps } from './stage.tsx';

type Args = Omit<StageProps, 'children'> & { onOpenTask?: (taskId: string) => void };

/** The page of all tasks, live. */
function Page({ onOpenTask, ...stage }: Args) {
  return (
    <Stage {...stage}>
      <TaskDashboard {...(onOpenTask && { onOpenTask })} />
    </Stage>
  );
}

const meta = {
  title: 'Components/TaskDashboard',
  component: Page,
  args: { onOpenTask: fn() },
} satisfies Meta<typeof Page>;

export default meta;
type Story = StoryObj<typeof meta>;

const MINUTE_MS = 60_000;
const STATES: TaskState[] = ['completed', 'completed', 'failed', 'completed', 'cancelled'];

function addDay(server: MemoryServer) {
  const nowMs = Date.now();
  for (let index = 24; index > 0; index -= 1) {
    const state = STATES[index % STATES.length]!;
    server.startTask({
      name: index % 3 ? 'normalise-names' : 'export',
      label: index % 3 ? `Normalise names · Region ${index}` : `Export cities · Region ${index}`,
      actor: [ann, bo, cleo][index % 3]!,
      state,
      createdAt: nowMs - index * MINUTE_MS - 40_000,
      endedAt: nowMs - index * MINUTE_MS + (index % 4) * 9_000,
      recordCount: 8_836,
      progress: { done: 1_600, total: 8_836 },
      ...(state === 'failed' && { error: 'Unknown time zone "Europe/Rom".' }),
    });
  }
  server.startTask({
    name: 'merge',
    label: 'Merge regions',
    actor: cleo,
    state: 'waiting',
    position: 2,
    createdAt: nowMs - 4 * MINUTE_MS,
  });
  server.startTask({
    name: 'export',
    label: 'Export cities · CSV',
    actor: ann,
    progress: { done: 910, total: 8_836, etaMs: 72_000 },
  });
  server.startTask({
    name: 'set-fields',
    label: 'Set time zone · Italy',
    actor: bo,
    hasWorker: false,
    progress: { done: 200, total: 9_940 },
  });
}

/** Running tasks first, then waiting ones, then the history. */
export const Many: Story = {
  args: { set: addDay },
  play: async ({ args, canvas, userEvent }) => {
    await userEvent.click(await canvas.findByRole('button', { name: 'Open Export cities · CSV' }));
    await expect(args.onOpenTask).toHaveBeenCalled();
  },
};

/** The filters are sent to the server, so they reach the whole history. */
export const Filtered: Story = {
  args: { set: addDay },
  play: async ({ canvas, userEvent }) => {
    await userEvent.selectOptions(await canvas.findByRole('combobox', { name: 'State' }), 'Failed');
    await expect((await canvas.findAllByText(/^Failed after 1,600/)).length).toBeGreaterThan(1);
    await expect(canvas.queryByText('Merge regions')).toBeNull();
  },
};

export const Empty: Story = {
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('There are no tasks yet.')).toBeVisible();
  },
};

/** Before the first answer. */
export const Loading: Story = {
  args: { set: (_, transport) => transport.cutSilently() },
};

export const Refused: Story = {
  args: {
    set: (server) =>
      server.refuse('watch', { code: 'forbidden', message: 'You may not see the tasks of this team.' }),
  },
  play: async ({ canvas }) => {
    await expect(await canvas.findByRole('alert')).toBeVisible();
  },
};

export const Offline: Story = {
  args: { set: addDay, move: (_, transport) => after(200, () => transport.disconnect()) },
  play: async ({ canvas }) => {
    await expect(await canvas.findByText(/^This may be out of date/)).toBeVisible();
  },
};

export const VeryLongNames: Story = {
  args: {
    set: (server) =>
      void server.startTask({
        label: LONG_LABEL,
        actor: { id: 'x', name: 'Wolfeschlegelsteinhausenbergerdorff the Elder' },
        progress: {
          done: 1,
          total: 3,
          stage: 'Reading the rows of every region of the country',
          etaMs: 3_000_000,
        },
      }),
  },
};

export const Live: Story = {
  args: { set: addDay, move: (server) => keepWorking(server, 'Normalise names · France', cities(3)) },
};
