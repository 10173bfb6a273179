import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { MemoryServer } from '../testing/memoryServer.ts';
import { ann, bo } from '../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { useRenderCount } from '../testSupport/useRenderCount.ts';
import { useTask } from './useTask.ts';
import { useTaskEnd } from './useTaskEnd.ts';
import { useTaskFailures } from './useTaskFailures.ts';
import { useTasks } from './useTasks.ts';

interface Counted {
  counts: Record<string, number>;
}

function Running({ counts }: Counted) {
  useRenderCount(counts, 'running');
  const labels = useTasks({
    filter: { states: ['running'] },
    select: ({ tasks }) => tasks.map(({ label }) => label),
  });
  return <p>{`running: ${labels.join()}`}</p>;
}

function Done({ id, counts }: Counted & { id: string }) {
  useRenderCount(counts, 'half');
  const isHalf = useTask(id, { select: ({ task }) => task !== undefined && task.progress.done >= 50 });
  return <p>{`half: ${isHalf}`}</p>;
}

describe('a selection of tasks', () => {
  it('A component renders again only if what it selects has changed', async () => {
    const counts: Record<string, number> = {};
    const server = new MemoryServer();
    server.startTask({ id: 'a', label: 'A', progress: { done: 0, total: 100 } });
    const { screen } = await renderWithRowlock(
      <>
        <Running counts={counts} />
        <Done id="a" counts={counts} />
      </>,
      { server },
    );
    await expect.element(screen.getByText('running: A')).toBeVisible();
    await expect.element(screen.getByText('half: false')).toBeVisible();
    const before = { ...counts };
    for (let done = 1; done < 50; done += 1) server.updateTask('a', { progress: { done, total: 100 } });
    server.startTask({ label: 'B', state: 'queued' });
    server.updateTask('a', { progress: { done: 50, total: 100 } });
    await expect.element(screen.getByText('half: true')).toBeVisible();
    expect(counts.running).toBe(before.running);
    // Twice under StrictMode.
    expect(counts.half).toBe(before.half! + 2);
    server.startTask({ label: 'C' });
    await expect.element(screen.getByText('running: C,A')).toBeVisible();
  });
});

function Ends({ actorId }: { actorId: string }) {
  const [ended, setEnded] = useState<string[]>([]);
  useTaskEnd(({ label, state }) => setEnded([...ended, `${label} ${state}`]), { filter: { actorId } });
  return <output>{`ended: ${ended.join()}`}</output>;
}

describe('the ends of tasks', () => {
  it('The callback is called once for each end under StrictMode, in its latest version', async () => {
    const server = new MemoryServer();
    server.startTask({ id: 'a', label: 'A', actor: ann });
    server.startTask({ id: 'b', label: 'B', actor: ann });
    server.startTask({ id: 'c', label: 'C', actor: bo });
    const { screen, transport } = await renderWithRowlock(
      <>
        <Ends actorId={ann.id} />
        <List />
      </>,
      { server },
    );
    await expect.element(screen.getByText('3 tasks')).toBeVisible();
    server.endTask('a');
    await expect.element(screen.getByText('ended: A completed')).toBeVisible();
    transport.disconnect();
    server.endTask('b', 'cancelled');
    server.endTask('c');
    transport.reconnect();
    await expect.element(screen.getByText('ended: A completed,B cancelled')).toBeVisible();
  });
});

const List = () => <p>{`${useTasks({ select: ({ tasks }) => tasks.length })} tasks`}</p>;

function Failures({ id }: { id: string | undefined }) {
  const { failures, total, hasMore, loadMore, isLoading, error, reload } = useTaskFailures(id, {
    pageSize: 2,
  });
  return (
    <>
      <output>{isLoading ? 'loading' : `${failures.map(({ record }) => record).join()} of ${total}`}</output>
      {error && <p>{error.code}</p>}
      {hasMore && (
        <button type="button" onClick={loadMore}>
          More
        </button>
      )}
      <button type="button" onClick={reload}>
        Again
      </button>
    </>
  );
}

describe('the failed rows of a task', () => {
  it('They come page by page, and again when more rows fail', async () => {
    const server = new MemoryServer();
    const { id } = server.startTask({ label: 'Export' });
    server.failRecords(id, ['cities/1', 'cities/2', 'cities/3']);
    const { screen, transport } = await renderWithRowlock(<Failures id={id} />, { server });
    await expect.element(screen.getByText('cities/1,cities/2 of 3')).toBeVisible();
    await screen.getByRole('button', { name: 'More' }).click();
    await expect.element(screen.getByText('cities/1,cities/2,cities/3 of 3')).toBeVisible();
    server.failRecords(id, ['cities/4']);
    await expect.element(screen.getByText('cities/1,cities/2,cities/3,cities/4 of 4')).toBeVisible();
    transport.disconnect();
    await screen.getByRole('button', { name: 'Again' }).click();
    await expect.element(screen.getByText('unavailable')).toBeVisible();
    await expect.element(screen.getByText('cities/1,cities/2,cities/3,cities/4 of 4')).toBeVisible();
  });

  it('Without a task nothing is asked', async () => {
    const { screen } = await renderWithRowlock(<Failures id={undefined} />);
    await expect.element(screen.getByText('of 0')).toBeVisible();
  });
});
