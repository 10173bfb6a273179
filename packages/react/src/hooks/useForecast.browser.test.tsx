import { describe, expect, it } from 'vitest';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { useForecast } from './useForecast.ts';
import { useTaskLock } from './useTaskLock.ts';

const bo = { id: 'bo', name: 'Bo' };

function ForecastOfRows({ ids }: { ids: number[] }) {
  const lock = useTaskLock(ids, { resource: 'cities' });
  const { text, getText } = useForecast(lock);
  return (
    <>
      <output>{text}</output>
      <p>{getText('cities/2')}</p>
    </>
  );
}

function ForecastOfConflicts() {
  const { conflicts } = useTaskLock([1, 2], { resource: 'cities' });
  const some = conflicts.map((conflict) => ({ ...conflict, recordCount: 30 }));
  return <output>{useForecast({ conflicts: some, freeCount: 22 }).text}</output>;
}

function BeforePreview() {
  const { isPending, text } = useForecast(undefined);
  return <output>{isPending ? 'pending' : text}</output>;
}

describe('useForecast', () => {
  it('useForecast says how many rows are free, and follows the progress of a task', async () => {
    const { screen, server } = await renderWithRowlock(<ForecastOfRows ids={[1, 2, 3]} />);
    await expect.element(screen.getByText('3 rows are free now')).toBeVisible();
    const startedAt = Date.now() - 90_000;
    server.startTask({
      label: 'Rename',
      records: ['cities/2', 'cities/3'],
      startedAt,
      progress: { done: 50, total: 100 },
    });
    await expect.element(screen.getByText('1 row is free now, 2 in about 2 min')).toBeVisible();
    await expect.element(screen.getByText('Free in about 2 min')).toBeVisible();
  });

  it('useForecast is pending without a subject, as before the answer of a preview', async () => {
    const { screen } = await renderWithRowlock(<BeforePreview />);
    await expect.element(screen.getByText('pending')).toBeVisible();
  });

  it('useForecast invents no time for a person', async () => {
    const { screen, server } = await renderWithRowlock(<ForecastOfRows ids={[1, 2]} />);
    server.hold(['cities/2'], { actor: bo });
    await expect.element(screen.getByText('1 row is free now, nobody knows when for 1')).toBeVisible();
  });

  it('useForecast counts rows that a conflict does not name, and the free rows of a preview', async () => {
    const { screen, server } = await renderWithRowlock(<ForecastOfConflicts />);
    const startedAt = Date.now() - 90_000;
    server.startTask({
      label: 'Rename',
      records: ['cities/1', 'cities/2'],
      startedAt,
      progress: { done: 50, total: 100 },
    });
    await expect.element(screen.getByText('22 rows are free now, 30 in about 2 min')).toBeVisible();
  });
});
