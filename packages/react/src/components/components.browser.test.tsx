import type { Conflict, LeaseView, RecordKey, TaskState, TaskView } from '@rowlock/protocol';
import { useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { RecordLock } from '../core/recordLock.ts';
import { useTaskLock } from '../hooks/useTaskLock.ts';
import { MemoryServer } from '../testing/memoryServer.ts';
import { expectAccessible } from '../testSupport/axe.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { ConflictModal } from './ConflictModal/ConflictModal.tsx';
import { ConnectionStatus } from './ConnectionStatus/ConnectionStatus.tsx';
import { LockBadge } from './LockBadge/LockBadge.tsx';
import { TaskProgress } from './TaskProgress/TaskProgress.tsx';
import { TaskTray } from './TaskTray/TaskTray.tsx';

const ann = { id: 'ann', name: 'Ann Lee' };
const bo = { id: 'bo', name: 'Bo Berg' };
const rows = (count: number) => Array.from({ length: count }, (_, index): RecordKey => `cities/${index}`);

const lease: LeaseView = {
  id: '1',
  holder: { type: 'person', id: 'tab-of-bo', label: 'Edit Paris', actor: bo },
  mode: 'exclusive',
  since: Date.now() - 180_000,
  recordCount: 1,
};

const task = (state: TaskState, change: Partial<TaskView> = {}): TaskView => ({
  id: `${state}-${JSON.stringify(change).length}`,
  name: 'normalise-names',
  label: `Normalise names (${state})`,
  actor: bo,
  state,
  attempt: 1,
  version: 1,
  createdAt: Date.now() - 60_000,
  recordCount: 100,
  leaseId: '2',
  progress: { done: 42, total: 100, etaMs: 30_000 },
  attended: true,
  cancelRequested: false,
  ...change,
});

afterEach(() => {
  delete document.documentElement.dataset.theme;
  document.body.style.background = '';
});

function useTheme(theme: string) {
  document.documentElement.dataset.theme = theme;
  document.body.style.background = 'var(--rowlock-surface)';
}

describe.each(['light', 'dark'])('in %s, each component is accessible', (theme) => {
  it('LockBadge, in all its kinds and sizes, certain and stale', async () => {
    useTheme(theme);
    const kinds: RecordLock['kind'][] = ['free', 'mine', 'person', 'task', 'unknown'];
    const { screen } = await renderWithRowlock(
      <main>
        {kinds.flatMap((kind) =>
          [true, false].map((isStale) => {
            const lock: RecordLock = { kind, lease, leases: [lease], task: task('running'), isStale };
            return (
              <p key={`${kind} ${isStale}`}>
                <LockBadge lock={lock} />
                <LockBadge lock={lock} size="full" />
                <LockBadge lock={{ ...lock, task: task('running', { attended: false }) }} size="full" />
              </p>
            );
          }),
        )}
      </main>,
    );
    await expect.element(screen.getByText('Bo Berg is editing').first()).toBeVisible();
    await expectAccessible(screen.container);
  });

  it('TaskProgress, in all its states', async () => {
    useTheme(theme);
    const states: TaskState[] = [
      'waiting',
      'queued',
      'running',
      'retrying',
      'completed',
      'failed',
      'cancelled',
    ];
    const { screen } = await renderWithRowlock(
      <main>
        {states.map((state) => (
          <TaskProgress key={state} task={task(state, { error: 'Disk full' })} onCancel={() => {}} />
        ))}
        <TaskProgress task={task('running', { attended: false })} onCancel={() => {}} />
        <TaskProgress task={task('running', { cancelRequested: true })} onCancel={() => {}} />
        <TaskProgress task={task('running', { progress: { done: 1, total: null } })} isStale />
        <TaskProgress task={task('running', { name: 'gone' })} isMissing />
        <TaskProgress taskId="not-there" />
      </main>,
    );
    await expect.element(screen.getByText('Stopping…', { exact: true })).toBeVisible();
    await expectAccessible(screen.container);
  });

  it('ConflictModal, with a person and a task', async () => {
    useTheme(theme);
    const server = new MemoryServer();
    server.hold(rows(1), { actor: bo });
    server.startTask({ label: 'Normalise names', records: rows(9).slice(1), attended: false });
    const { screen } = await renderWithRowlock(<Editor wanted={20} />, { server });
    await expect
      .element(screen.getByRole('dialog', { name: '9 of 20 rows are being changed' }))
      .toBeVisible();
    await expectAccessible(document.body);
  });

  it('ConnectionStatus and TaskTray', async () => {
    useTheme(theme);
    const server = new MemoryServer();
    server.startTask({ label: 'Mine', actor: ann, progress: { done: 1, total: 2 } });
    server.startTask({ label: 'Theirs', actor: bo, progress: { done: 1, total: 2 } });
    const { screen, transport } = await renderWithRowlock(
      <main>
        <ConnectionStatus />
        <TaskTray />
      </main>,
      { server },
    );
    await expect.element(screen.getByText('Live')).toBeVisible();
    await expect.element(screen.getByText('2 tasks running')).toBeVisible();
    await expectAccessible(screen.container);
    transport.disconnect();
    await expect.element(screen.getByText('Reconnecting…')).toBeVisible();
    await expectAccessible(screen.container);
  });
});

/** A form over rows, whose dialog opens while rows are held by others. */
function Editor({
  wanted,
  onRetry,
  onClose,
}: {
  wanted: number;
  onRetry?: () => void;
  onClose?: () => void;
}) {
  const lock = useTaskLock(
    rows(wanted).map((_, index) => index),
    { resource: 'cities' },
  );
  const [opened, setOpened] = useState(false);
  const [closed, setClosed] = useState(false);
  if (lock.conflicts.length > 0 && !opened) setOpened(true);
  return (
    <>
      <label>
        Name <input defaultValue="Paris" />
      </label>
      <ConflictModal
        open={opened && !closed}
        conflicts={lock.conflicts}
        total={wanted}
        onClose={() => {
          setClosed(true);
          onClose?.();
        }}
        onContinueWithFree={() => {}}
        {...(onRetry && { onRetryWhenFree: onRetry })}
      />
    </>
  );
}

/** As the README shows it: the dialog is there for as long as the form could not be held. */
function EditForm() {
  const lock = useTaskLock([0], { resource: 'cities', acquire: 'on-mount' });
  return (
    <>
      <output>{lock.status}</output>
      <ConflictModal
        open={lock.error !== undefined}
        conflicts={lock.conflicts}
        total={1}
        nameOf={() => 'Paris'}
        onClose={() => {}}
        onRetryWhenFree={() => void lock.acquire()}
        {...(lock.error && { error: lock.error })}
      />
    </>
  );
}

describe('ConflictModal', () => {
  it('of an edit form opens when the row is held, tells when it is free, and goes when the form holds it', async () => {
    const server = new MemoryServer();
    const { id } = server.startTask({ label: 'Normalise names', records: rows(1), actor: bo });
    const { screen } = await renderWithRowlock(<EditForm />, { server });
    await expect.element(screen.getByRole('dialog', { name: 'Paris is being changed' })).toBeVisible();
    server.endTask(id);
    await expect.element(screen.getByRole('dialog', { name: 'Paris is free again' })).toBeVisible();
    await expect.element(screen.getByText(/^Finished/)).toBeVisible();
    await screen.getByRole('button', { name: 'Go on' }).click();
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    await expect.element(screen.getByText('mine')).toBeVisible();
  });

  it('has the focus on Close, closes by Escape, and gives the focus back', async () => {
    const server = new MemoryServer();
    const onClose = vi.fn();
    const { screen } = await renderWithRowlock(<Editor wanted={3} onClose={onClose} />, { server });
    await screen.getByLabelText('Name').click();
    server.hold(rows(1), { actor: bo });
    await expect.element(screen.getByRole('dialog')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Close' })).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    await expect.element(screen.getByRole('dialog')).not.toBeInTheDocument();
    expect(onClose).toHaveBeenCalledTimes(1);
    await expect.element(screen.getByLabelText('Name')).toHaveFocus();
    await expect.element(screen.getByLabelText('Name')).toHaveValue('Paris');
  });

  it('moves with the task, tells how it ended, and runs once when all is free', async () => {
    const server = new MemoryServer();
    const onRetry = vi.fn();
    const { id } = server.startTask({
      label: 'Normalise names',
      records: rows(3),
      actor: bo,
      progress: { done: 0, total: 100 },
    });
    const { screen } = await renderWithRowlock(<Editor wanted={3} onRetry={onRetry} />, { server });
    await expect.element(screen.getByRole('dialog', { name: 'All 3 rows are being changed' })).toBeVisible();
    server.updateTask(id, { progress: { done: 55, total: 100 } });
    await expect.element(screen.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '55');
    await screen.getByRole('button', { name: 'Retry when free' }).click();
    expect(onRetry).not.toHaveBeenCalled();
    server.endTask(id, 'cancelled');
    await expect.element(screen.getByText(/^Cancelled\. Its rows are free/)).toBeVisible();
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledTimes(1));
  });

  it('stays in the way where somebody else takes the rows next', async () => {
    const server = new MemoryServer();
    const onRetry = vi.fn();
    const first = server.hold(rows(1), { actor: bo });
    const { screen } = await renderWithRowlock(<Editor wanted={3} onRetry={onRetry} />, { server });
    await screen.getByRole('button', { name: 'Retry when free' }).click();
    server.hold(rows(1), { actor: { id: 'cy', name: 'Cy' } });
    server.free(first);
    await expect.element(screen.getByText('Cy is editing')).toBeVisible();
    await expect.element(screen.getByText('Bo Berg no longer holds these rows.')).toBeVisible();
    await expect.element(screen.getByRole('dialog', { name: '1 of 3 rows is being changed' })).toBeVisible();
    expect(onRetry).not.toHaveBeenCalled();
  });

  it('does not call the rows free while the connection is down, or the task done that is not known', async () => {
    const server = new MemoryServer();
    const onRetry = vi.fn();
    const { id } = server.startTask({ label: 'Normalise names', records: rows(3) });
    const { screen, transport } = await renderWithRowlock(<Editor wanted={3} onRetry={onRetry} />, {
      server,
    });
    await screen.getByRole('button', { name: 'Retry when free' }).click();
    transport.disconnect();
    server.forgetTask(id);
    await expect.element(screen.getByText('Not certain – reconnecting…')).toBeVisible();
    await expect.element(screen.getByRole('dialog', { name: 'All 3 rows are being changed' })).toBeVisible();
    expect(onRetry).not.toHaveBeenCalled();
    transport.reconnect();
    await expect.element(screen.getByText(/How it ended is not known/)).toBeVisible();
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledTimes(1));
  });

  it('believes a refusal that is newer than what it sees', async () => {
    const server = new MemoryServer();
    server.hold(rows(1), { actor: bo });
    const refused: Conflict = { lease: { ...lease, id: '1' }, recordCount: 1, records: rows(1) };
    const onRetry = vi.fn();
    const { screen } = await renderWithRowlock(
      <ConflictModal
        open
        total={1}
        nameOf={() => 'Paris'}
        error={{ code: 'conflict', message: 'Paris is held.', conflicts: [refused] }}
        onClose={() => {}}
        onRetryWhenFree={onRetry}
      />,
      { server },
    );
    await screen.getByRole('button', { name: 'Retry when free' }).click();
    await expect.element(screen.getByRole('dialog', { name: 'Paris is being changed' })).toBeVisible();
    server.free('1');
    await expect.element(screen.getByRole('dialog', { name: 'Paris is free again' })).toBeVisible();
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledTimes(1));
  });

  it('says why locks cannot be checked, and offers to try again once they can', async () => {
    const server = new MemoryServer();
    const onRetry = vi.fn();
    const { screen } = await renderWithRowlock(
      <ConflictModal
        open
        error={{
          type: 'urn:rowlock:problem:unavailable',
          title: 'Locks cannot be checked right now',
          status: 503,
          detail: 'Redis cannot be reached. Nothing was saved.',
          code: 'unavailable',
        }}
        onClose={() => {}}
        onRetryWhenFree={onRetry}
      />,
      { server },
    );
    await expect
      .element(screen.getByRole('dialog', { name: 'Locks cannot be checked right now' }))
      .toBeVisible();
    await expect.element(screen.getByText('Redis cannot be reached. Nothing was saved.')).toBeVisible();
    server.setCertain(false);
    await screen.getByRole('button', { name: 'Retry when possible' }).click();
    expect(onRetry).not.toHaveBeenCalled();
    server.setCertain(true);
    await vi.waitFor(() => expect(onRetry).toHaveBeenCalledTimes(1));
  });
});

describe('TaskProgress', () => {
  it('never goes back within an attempt, and begins anew with the next', async () => {
    const bar = (attempt: number, done: number) => (
      <TaskProgress task={task('running', { id: 't', attempt, progress: { done, total: 100 } })} />
    );
    const { screen, rerender } = await renderWithRowlock(bar(1, 60));
    const now = screen.getByRole('progressbar');
    await expect.element(now).toHaveAttribute('aria-valuenow', '60');
    await rerender(bar(1, 20));
    await expect.element(now).toHaveAttribute('aria-valuenow', '60');
    await expect.element(screen.getByText('60 of 100')).toBeVisible();
    await rerender(bar(2, 20));
    await expect.element(now).toHaveAttribute('aria-valuenow', '20');
  });

  it('speaks at the start, at each quarter and at the end only', async () => {
    const said = new Set<string>();
    const at = (done: number, state: TaskState = 'running') => (
      <TaskProgress task={task(state, { id: 't', label: 'Export', progress: { done, total: 100 } })} />
    );
    const { screen, rerender } = await renderWithRowlock(at(0));
    for (let done = 0; done < 100; done += 5) {
      await rerender(at(done));
      said.add(screen.getByRole('status').element().textContent ?? '');
    }
    await rerender(at(100, 'completed'));
    said.add(screen.getByRole('status').element().textContent ?? '');
    expect([...said]).toEqual([
      'Export: Running',
      'Export: 25 % done.',
      'Export: 50 % done.',
      'Export: 75 % done.',
      'Export: Done · 100 rows',
    ]);
  });
});

describe('LockBadge', () => {
  it('keeps its place: nothing moves when a row is taken', async () => {
    const { screen, server } = await renderWithRowlock(
      <p>
        <LockBadge record="cities/0" />
        <LockBadge record="cities/0" size="full" />
        <b>Paris</b>
      </p>,
    );
    const left = () => screen.getByText('Paris', { exact: true }).element().getBoundingClientRect().left;
    const before = left();
    server.hold(rows(1), { actor: bo });
    await expect.element(screen.getByText('Bo Berg is editing')).toBeVisible();
    expect(left()).toBe(before);
  });
});

describe("this user's own other tab", () => {
  it('is called by what it is, on the badge and in the dialog', async () => {
    const server = new MemoryServer();
    server.hold(rows(1), { actor: ann, id: 'other-tab', label: 'Edit Paris' });
    const { screen } = await renderWithRowlock(
      <>
        <LockBadge record="cities/0" size="full" />
        <Editor wanted={1} />
      </>,
      { server },
    );
    await expect.element(screen.getByText('You, in another tab')).toBeVisible();
    await expect.element(screen.getByText('You are editing in another tab')).toBeVisible();
  });
});

describe('TaskTray', () => {
  it('leaves out what had ended before, keeps what ends in sight, and lets it be dismissed', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Long ago', state: 'completed' });
    const { id } = server.startTask({ label: 'Export', actor: ann, progress: { done: 1, total: 2 } });
    const { screen } = await renderWithRowlock(<TaskTray />, { server });
    await expect.element(screen.getByText('1 task running')).toBeVisible();
    await expect.element(screen.getByText('Long ago')).not.toBeInTheDocument();
    server.endTask(id, 'failed', 'Disk full');
    await expect.element(screen.getByText('1 task finished')).toBeVisible();
    await screen.getByRole('button', { name: 'Dismiss Export' }).click();
    await expect.element(screen.getByRole('region')).not.toBeInTheDocument();
  });

  it('says whose the tasks of others are, and calls waiting what nobody works on', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Mine', actor: ann, attended: false, progress: { done: 1, total: 2 } });
    server.startTask({ label: 'Theirs', actor: bo, state: 'queued', progress: { done: 0, total: null } });
    const { screen } = await renderWithRowlock(<TaskTray />, { server });
    await expect.element(screen.getByText('2 tasks waiting')).toBeVisible();
    await expect.element(screen.getByText('Bo Berg · Waiting to start')).toBeVisible();
    await expect.element(screen.getByText(/Ann Lee/)).not.toBeInTheDocument();
  });

  it("offers to cancel one's own tasks only", async () => {
    const server = new MemoryServer();
    server.startTask({ id: 'mine', label: 'Mine', actor: ann });
    server.startTask({ label: 'Theirs', actor: bo });
    const { screen } = await renderWithRowlock(<TaskTray />, { server });
    await expect.element(screen.getByText('2 tasks running')).toBeVisible();
    await expect.element(screen.getByRole('button', { name: 'Cancel Theirs' })).not.toBeInTheDocument();
    await screen.getByRole('button', { name: 'Cancel Mine' }).click();
    await vi.waitFor(() => expect(server.task('mine')?.cancelRequested).toBe(true));
  });
});
