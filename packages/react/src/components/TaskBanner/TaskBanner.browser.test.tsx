import { describe, expect, it, vi } from 'vitest';
import { createGermanMessages } from '../../messages/german/germanMessages.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { ann, bo, rows } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { TaskBanner } from './TaskBanner.tsx';
import { TaskBanners } from './TaskBanners.tsx';

const ids = [0, 1, 2, 3, 4, 5];

function serverWithTask(id: string, count: number) {
  const server = new MemoryServer();
  server.startTask({
    id,
    label: 'Normalise names',
    actor: bo,
    records: rows(count),
    progress: { done: 42, total: 100, etaMs: 15_000 },
  });
  return server;
}

describe('TaskBanner', () => {
  it('There is one banner for each task that holds rows on screen, with its progress and the rest of its time', async () => {
    const server = serverWithTask('a', 3);
    const onDetails = vi.fn();
    const { screen } = await renderWithRowlock(
      <TaskBanners resource="cities" ids={ids} onDetails={onDetails} />,
      { server },
    );
    const banner = screen.getByRole('group', { name: 'Normalise names' });
    await expect.element(banner.getByText(/^Bo Berg's task Normalise names/)).toBeVisible();
    for (const fact of ['3 rows here', '42 %', '15 s left'])
      await expect.element(banner.getByText(fact, { exact: true })).toBeVisible();
    await expect.element(banner.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '42');
    await banner.getByRole('button', { name: 'Details of Normalise names' }).click();
    expect(onDetails).toHaveBeenCalledWith('a');
    server.endTask('a');
    await expect.element(screen.getByRole('group')).not.toBeInTheDocument();
  });

  it('Tasks beyond the third share a line', async () => {
    const server = new MemoryServer();
    for (const key of rows(5)) server.startTask({ label: `Task ${key}`, records: [key] });
    const { screen } = await renderWithRowlock(<TaskBanners resource="cities" ids={ids} />, { server });
    await expect.element(screen.getByText('2 more tasks are changing rows here')).toBeVisible();
    expect(screen.getByRole('group').elements()).toHaveLength(3);
  });

  it('A banner says whose task it is, and shows an obstacle instead of the per cent', async () => {
    const server = serverWithTask('a', 1);
    server.updateTask('a', { actor: ann, hasWorker: false });
    const { screen } = await renderWithRowlock(<TaskBanner taskId="a" />, { server });
    await expect.element(screen.getByText(/^Your task/)).toBeVisible();
    await expect.element(screen.getByText(/^No worker is running it/)).toBeVisible();
    await expect.element(screen.getByText('42 %')).not.toBeInTheDocument();
  });

  it('A task that the user may not see is a task that holds rows, and no more', async () => {
    const server = new MemoryServer({ authorize: ({ task }) => task === undefined });
    server.startTask({ id: 'a', label: 'Secret', records: rows(2) });
    const { screen } = await renderWithRowlock(<TaskBanners resource="cities" ids={ids} />, { server });
    await expect.element(screen.getByText(/^A task is changing rows/)).toBeVisible();
    await expect.element(screen.getByText('2 rows here')).toBeVisible();
  });

  it('A banner speaks German', async () => {
    const server = serverWithTask('a', 1);
    const { screen } = await renderWithRowlock(<TaskBanner taskId="a" onDetails={() => {}} />, {
      server,
      messages: createGermanMessages(),
    });
    await expect.element(screen.getByText('noch 15 s')).toBeVisible();
    await expect.element(screen.getByText(/^Aufgabe von Bo Berg: Normalise names/)).toBeVisible();
  });

  it.each(['light', 'dark'])('Banners are accessible in %s', async (theme) => {
    document.documentElement.dataset.theme = theme;
    const server = serverWithTask('a', 2);
    server.startTask({ id: 'b', label: 'Export', records: ['cities/4'], hasWorker: false });
    server.startTask({ id: 'c', label: 'Import', state: 'failed', error: 'Disk full' });
    const { screen } = await renderWithRowlock(
      <main style={{ background: 'var(--rowlock-surface)' }}>
        <TaskBanners resource="cities" ids={ids} onDetails={() => {}} />
        <TaskBanner taskId="c" />
        <TaskBanner taskId="gone" />
      </main>,
      { server },
    );
    await expect.element(screen.getByText('Export')).toBeVisible();
    await expectAccessible(screen.container);
    delete document.documentElement.dataset.theme;
  });
});
