import { recordKey } from '@rowlock/protocol';
import { LockBadge } from '@rowlock/react';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import { cities, cityName, LONG_LABEL } from './sampleRows.ts';
import { ann, bo, cleo, keepWorking, onStage } from './stage.tsx';
import './table.css';

const paris = recordKey('cities', 0);

const meta = {
  title: 'Components/LockBadge',
  component: LockBadge,
  args: { record: paris },
  render: (args) => (
    <div className="story-pair">
      <LockBadge {...args} />
      <LockBadge {...args} size="full" />
    </div>
  ),
  parameters: onStage(),
} satisfies Meta<typeof LockBadge>;

export default meta;
type Story = StoryObj<typeof meta>;

export const Person: Story = {
  parameters: onStage({ set: (server) => void server.hold([paris], { actor: bo, label: 'Edit Paris' }) }),
  play: async ({ canvas }) => {
    await expect(
      (await canvas.findAllByRole('img', { name: 'Bo Berg is editing this row (Edit Paris).' })).length,
    ).toBe(2);
    await expect(await canvas.findByText('Bo Berg is editing')).toBeVisible();
  },
};

/** A free row shows nothing, but keeps the space of the badge. */
export const Free: Story = {
  play: async ({ canvasElement }) => {
    const [compact, full] = canvasElement.querySelectorAll('.rowlock-badge');
    await expect(compact?.getBoundingClientRect().width).toBe(20);
    await expect(full?.getBoundingClientRect().width).toBe(208);
    await expect(canvasElement.querySelector('.rowlock-badge[data-kind="free"]')).toBeInTheDocument();
  },
};

/** Held by this tab. */
export const Held: Story = {
  args: { record: undefined, lock: { kind: 'held', leases: [], isStale: false } },
};

/** The same user holds the row in another tab. */
export const OwnOtherTab: Story = {
  parameters: onStage({ set: (server) => void server.hold([paris], { actor: ann, label: 'Edit Paris' }) }),
  play: async ({ canvas }) => {
    await expect(
      (await canvas.findAllByRole('img', { name: 'You are editing this row in another tab (Edit Paris).' }))
        .length,
    ).toBe(2);
    await expect(await canvas.findByText('You, in another tab')).toBeVisible();
  },
};

/** The ring shows how far the task has come. `<TaskBanner>` says the per cent, once for all rows. */
export const Task: Story = {
  parameters: onStage({
    set: (server) =>
      void server.startTask({
        label: 'Normalise names',
        actor: bo,
        records: [paris],
        progress: { done: 42, total: 100, etaMs: 55_000 },
      }),
  }),
  play: async ({ canvas }) => {
    await expect(await canvas.findByText('Normalise names')).toBeVisible();
  },
};

/** A task in its first second, without progress yet. */
export const TaskInItsFirstSecond: Story = {
  parameters: onStage({
    set: (server) =>
      void server.startTask({
        label: 'Normalise names',
        actor: bo,
        records: [paris],
        state: 'queued',
        attempt: 0,
        progress: { done: 0, total: null },
      }),
  }),
};

/** The task has no worker. The row stays locked, and the badge says why there is no progress. */
export const NoWorker: Story = {
  parameters: onStage({
    set: (server) =>
      void server.startTask({
        label: 'Normalise names',
        actor: bo,
        records: [paris],
        hasWorker: false,
        progress: { done: 42, total: 100 },
      }),
  }),
};

/** An export reads the row under a shared lock. */
export const SharedByAnExport: Story = {
  parameters: onStage({
    set: (server) =>
      void server.startTask({
        label: 'Export cities',
        actor: cleo,
        mode: 'shared',
        records: [paris],
        progress: { done: 910, total: 8_836 },
      }),
  }),
};

export const VeryLongNames: Story = {
  parameters: onStage({
    set: (server) =>
      void server.startTask({
        label: LONG_LABEL,
        actor: { id: 'x', name: 'Wolfeschlegelsteinhausenbergerdorff the Elder' },
        records: [paris],
        progress: { done: 1, total: 3 },
      }),
  }),
};

/** The connection is lost. The last known state is hatched, and says that it is not certain. */
export const Offline: Story = {
  parameters: onStage({
    set: (server) => void server.hold([paris], { actor: bo }),
    move: (_, transport) => {
      // After the shown state has arrived.
      const timer = setTimeout(() => transport.disconnect(), 100);
      return () => clearTimeout(timer);
    },
  }),
  play: async ({ canvas }) => {
    await expect((await canvas.findAllByRole('img', { name: /Not certain/ })).length).toBe(2);
  },
};

/** The server has not answered yet, or refuses to answer. The row is not shown as free. */
export const Unknown: Story = {
  parameters: onStage({
    set: (server) =>
      server.refuse('watch', { code: 'forbidden', message: 'You may not see who works on cities.' }),
  }),
};

const LIVE_ROWS = cities(12);

/** A table in use: a task works through its rows, and a colleague edits one. */
export const Live: Story = {
  parameters: onStage({
    set: (server) => void server.hold([LIVE_ROWS[2]!], { actor: cleo, label: 'Edit Marseille' }),
    move: (server) => keepWorking(server, 'Normalise names', LIVE_ROWS.slice(4, 10)),
  }),
  render: () => (
    <table className="story-table">
      <thead>
        <tr>
          <th scope="col">
            <span className="rowlock-visually-hidden">Held by</span>
          </th>
          <th scope="col">City</th>
          <th scope="col">Who</th>
        </tr>
      </thead>
      <tbody>
        {LIVE_ROWS.map((key) => (
          <tr key={key}>
            <td>
              <LockBadge record={key} />
            </td>
            <td>{cityName(key)}</td>
            <td>
              <LockBadge record={key} size="full" />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  ),
};
