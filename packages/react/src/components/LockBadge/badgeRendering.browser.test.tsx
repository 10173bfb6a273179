import { recordKey } from '@rowlock/protocol';
import { Profiler } from 'react';
import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { bo, rows } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { TaskBanners } from '../TaskBanner/TaskBanners.tsx';
import { LockBadge } from './LockBadge.tsx';

const ids = Array.from({ length: 200 }, (_, index) => index);

describe('a table of badges', () => {
  it('The progress of a task renders its banner, and no badge', async () => {
    const rendered = { badges: 0, banner: 0 };
    const count = (part: keyof typeof rendered) => {
      rendered[part] += 1;
    };
    const server = new MemoryServer();
    server.startTask({ id: 'a', label: 'Export', records: rows(200), progress: { done: 1, total: 100 } });
    const { screen } = await renderWithRowlock(
      <>
        <Profiler id="banner" onRender={() => count('banner')}>
          <TaskBanners resource="cities" ids={ids} />
        </Profiler>
        <Profiler id="badges" onRender={() => count('badges')}>
          {ids.map((id) => (
            <LockBadge key={id} record={recordKey('cities', id)} size="full" />
          ))}
        </Profiler>
      </>,
      { server },
    );
    await expect.element(screen.getByText('1 %')).toBeVisible();
    const before = rendered.badges;
    const [ring] = screen.container.querySelectorAll('.rowlock-badge .rowlock-ring');
    const getFraction = () => getComputedStyle(ring!).getPropertyValue('--rowlock-fraction');
    for (let done = 2; done <= 50; done += 1) server.updateTask('a', { progress: { done, total: 100 } });
    await expect.element(screen.getByText('50 %')).toBeVisible();
    await expect.poll(getFraction).toBe('0.5');
    expect(rendered.badges).toBe(before);

    // Another holder of one row renders that row alone.
    server.hold(['cities/500'], { actor: bo });
    server.endTask('a');
    await expect.element(screen.getByText('50 %')).not.toBeInTheDocument();
    expect(rendered.badges).toBeGreaterThan(before);
  });

  it('No badge says a per cent', async () => {
    const server = new MemoryServer();
    server.startTask({ label: 'Export', actor: bo, records: rows(1), progress: { done: 42, total: 100 } });
    const { screen } = await renderWithRowlock(<LockBadge record="cities/0" size="full" />, { server });
    const badge = screen.getByRole('img', { name: 'Export, started by Bo Berg, is changing this row.' });
    await expect.element(badge).toHaveTextContent('Export');
  });
});
