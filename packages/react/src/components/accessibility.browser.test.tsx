import type { TaskState } from '@rowlock/protocol';
import { afterEach, describe, expect, it } from 'vitest';
import type { RecordLock } from '../core/recordLock.ts';
import { MemoryServer } from '../testing/memoryServer.ts';
import { expectAccessible } from '../testSupport/axe.ts';
import { ann, bo, lease, rows, task } from '../testSupport/componentFixture.ts';
import { Editor } from '../testSupport/Editor.tsx';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { ConnectionStatus } from './ConnectionStatus/ConnectionStatus.tsx';
import { LockBadge } from './LockBadge/LockBadge.tsx';
import { TaskProgress } from './TaskProgress/TaskProgress.tsx';
import { TaskTray } from './TaskTray/TaskTray.tsx';

afterEach(() => {
  delete document.documentElement.dataset.theme;
  document.body.style.background = '';
});

function useTheme(theme: string) {
  document.documentElement.dataset.theme = theme;
  document.body.style.background = 'var(--rowlock-surface)';
}

describe.each(['light', 'dark'])('in %s, each component is accessible', (theme) => {
  it('LockBadge is accessible in all its kinds and sizes, certain and stale', async () => {
    useTheme(theme);
    const kinds: RecordLock['kind'][] = ['free', 'held', 'person', 'task', 'unknown'];
    const { screen } = await renderWithRowlock(
      <main>
        {kinds.flatMap((kind) =>
          [true, false].map((isStale) => {
            const lock: RecordLock = { kind, lease, leases: [lease], task: task('running'), isStale };
            return (
              <p key={`${kind} ${isStale}`}>
                <LockBadge lock={lock} />
                <LockBadge lock={lock} size="full" />
                <LockBadge lock={{ ...lock, task: task('running', { hasWorker: false }) }} size="full" />
              </p>
            );
          }),
        )}
      </main>,
    );
    await expect.element(screen.getByText('Bo Berg is editing').first()).toBeVisible();
    await expectAccessible(screen.container);
  });

  it('TaskProgress is accessible in all its states', async () => {
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
        <TaskProgress task={task('running', { hasWorker: false })} onCancel={() => {}} />
        <TaskProgress task={task('running', { cancelRequested: true })} onCancel={() => {}} />
        <TaskProgress task={task('running', { progress: { done: 1, total: null } })} isStale />
        <TaskProgress task={task('running', { name: 'gone' })} isMissing />
        <TaskProgress taskId="not-there" />
      </main>,
    );
    await expect.element(screen.getByText('Stopping…', { exact: true })).toBeVisible();
    await expectAccessible(screen.container);
  });

  it('ConflictModal is accessible with a person and a task', async () => {
    useTheme(theme);
    const server = new MemoryServer();
    server.hold(rows(1), { actor: bo });
    server.startTask({ label: 'Normalise names', records: rows(9).slice(1), hasWorker: false });
    const { screen } = await renderWithRowlock(<Editor wanted={20} />, { server });
    await expect
      .element(screen.getByRole('dialog', { name: '9 of 20 rows are being changed' }))
      .toBeVisible();
    await expectAccessible(document.body);
  });

  it('ConnectionStatus and TaskTray are accessible', async () => {
    useTheme(theme);
    const server = new MemoryServer();
    server.startTask({ label: 'Mine', actor: ann, progress: { done: 1, total: 2 } });
    server.startTask({ label: 'Theirs', actor: bo, progress: { done: 1, total: 2 } });
    const { screen, transport } = await renderWithRowlock(
      <main>
        <ConnectionStatus />
        <TaskTray storage={null} />
      </main>,
      { server },
    );
    await expect.element(screen.getByText('Live')).toBeVisible();
    await expect.element(screen.getByText('1 task running')).toBeVisible();
    await expectAccessible(screen.container);
    transport.disconnect();
    await expect.element(screen.getByText('Reconnecting…')).toBeVisible();
    await expectAccessible(screen.container);
  });
});
