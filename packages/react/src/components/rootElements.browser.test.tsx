import { createRef } from 'react';
import { expect, it } from 'vitest';
import { MemoryServer } from '../testing/memoryServer.ts';
import { rows, task } from '../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { ConnectionStatus } from './ConnectionStatus/ConnectionStatus.tsx';
import { connectionStatusAttributes } from './ConnectionStatus/dataAttributes.ts';
import { lockBadgeAttributes } from './LockBadge/dataAttributes.ts';
import { LockBadge } from './LockBadge/LockBadge.tsx';
import { staleNoticeAttributes } from './StaleNotice/dataAttributes.ts';
import { StaleNotice } from './StaleNotice/StaleNotice.tsx';
import { TaskBanner } from './TaskBanner/TaskBanner.tsx';
import { TaskDashboard } from './TaskDashboard/TaskDashboard.tsx';
import { TaskDetails } from './TaskDetails/TaskDetails.tsx';
import { taskProgressAttributes } from './TaskProgress/dataAttributes.ts';
import { TaskProgress } from './TaskProgress/TaskProgress.tsx';
import { taskTrayAttributes } from './TaskTray/dataAttributes.ts';
import { TaskTray } from './TaskTray/TaskTray.tsx';

it('Every component passes ref and attributes to its root, and its state to className', async () => {
  const server = new MemoryServer();
  server.startTask({ id: 't', label: 'Export', records: rows(1) });
  const badge = createRef<HTMLSpanElement>();
  const progress = createRef<HTMLDivElement>();
  const tray = createRef<HTMLElement>();
  const status = createRef<HTMLSpanElement>();
  const banner = createRef<HTMLDivElement>();
  const dashboard = createRef<HTMLElement>();
  const details = createRef<HTMLElement>();
  const { screen } = await renderWithRowlock(
    <>
      <LockBadge ref={badge} id="badge" record="cities/0" className={({ kind }) => `by-${kind}`} />
      <TaskProgress ref={progress} id="bar" task={task('failed')} className={({ state }) => state} />
      <TaskTray
        ref={tray}
        storage={null}
        id="tray"
        className={({ isOpen }) => (isOpen ? 'is-open' : 'is-closed')}
      />
      <ConnectionStatus ref={status} id="status" className="plain" />
      <TaskBanner ref={banner} id="banner" taskId="t" className={({ state }) => state} />
      <TaskDashboard
        ref={dashboard}
        id="dashboard"
        className={({ isStale }) => (isStale ? 'old' : 'fresh')}
      />
      <TaskDetails ref={details} id="details" taskId="t" className={({ state }) => state} />
    </>,
    { server },
  );
  await expect.element(screen.getByText('1 task running')).toBeVisible();
  await expect.element(screen.getByText('Live')).toBeVisible();
  const roots = [badge, progress, tray, status, banner, dashboard, details].map(({ current }) => current!);
  expect(roots.map(({ id, className }) => [id, className])).toEqual([
    ['badge', 'rowlock-badge by-task'],
    ['bar', 'rowlock-progress failed'],
    ['tray', 'rowlock-tray is-open'],
    ['status', 'rowlock-connection plain'],
    ['banner', 'rowlock-task-banner running'],
    ['dashboard', 'rowlock-dashboard fresh'],
    ['details', 'rowlock-details running'],
  ]);
  expect(roots[0]!.getAttribute(lockBadgeAttributes.kind)).toBe('task');
  expect(roots[1]!.getAttribute(taskProgressAttributes.state)).toBe('failed');
  expect(roots[2]!.hasAttribute(taskTrayAttributes.open)).toBe(true);
  expect(roots[3]!.getAttribute(connectionStatusAttributes.status)).toBe('live');
});

it('A placeholder of TaskProgress and its known task have the same root attributes', async () => {
  const ref = createRef<HTMLDivElement>();
  const { screen, rerender } = await renderWithRowlock(
    <TaskProgress ref={ref} taskId="none" data-testid="bar" className={({ state }) => state} />,
  );
  await expect.element(screen.getByTestId('bar')).toHaveClass('rowlock-progress', 'missing');
  expect(ref.current?.dataset.state).toBe('missing');
  await rerender(<TaskProgress ref={ref} task={task('queued')} data-testid="bar" />);
  expect(ref.current?.dataset.state).toBe('queued');
});

it('StaleNotice passes ref and attributes to its root, and its state to className', async () => {
  const ref = createRef<HTMLElement>();
  const conflict = { field: 'name', base: 'a', mine: 'b', theirs: 'c', choice: undefined } as const;
  const draft = { conflicts: [conflict], isDirty: true, keepMine: () => {}, takeTheirs: () => {} };
  await renderWithRowlock(
    <StaleNotice
      ref={ref}
      id="stale"
      draft={draft}
      className={({ isOpen }) => (isOpen ? 'is-open' : undefined)}
    />,
  );
  expect(ref.current?.id).toBe('stale');
  expect(ref.current?.className).toBe('rowlock-stale is-open');
  expect(ref.current?.hasAttribute(staleNoticeAttributes.open)).toBe(true);
});
