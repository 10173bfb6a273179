import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';
import { useRecordLock } from '../hooks/useRecordLock.ts';
import { useRowlock } from '../hooks/useRowlock.ts';
import { MemoryServer } from '../testing/memoryServer.ts';
import { bo } from '../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { locksQueryOptions, taskQueryOptions, tasksQueryOptions } from './queryOptions.ts';
import { useInvalidateChanged } from './useInvalidateChanged.ts';

function Live({ taskId }: { taskId?: string }) {
  const { client } = useRowlock();
  const task = useQuery(taskQueryOptions(client, taskId));
  const tasks = useQuery(tasksQueryOptions(client, { states: ['running'] }));
  const locks = useQuery(locksQueryOptions(client, ['cities/1']));
  return (
    <>
      <p>{`task ${task.data?.task?.progress.done ?? task.fetchStatus}`}</p>
      <p>{`${tasks.data?.tasks.length ?? tasks.status} running`}</p>
      <p>{`row ${locks.data?.['cities/1']?.kind ?? locks.error?.message ?? 'unknown'}`}</p>
    </>
  );
}

async function open(ui: React.ReactNode, server = new MemoryServer()) {
  const queryClient = new QueryClient();
  const wrap = (children: React.ReactNode) => (
    <QueryClientProvider client={queryClient}>{children}</QueryClientProvider>
  );
  const { screen, rerender, ...rest } = await renderWithRowlock(wrap(ui), { server });
  return { ...rest, screen, server, queryClient, show: (next: React.ReactNode) => rerender(wrap(next)) };
}

describe('the options of live queries', () => {
  it('A query shows the answer of the server, and each change of it', async () => {
    const server = new MemoryServer();
    const task = server.startTask({ label: 'Export', progress: { done: 1, total: 9 } });
    const { screen } = await open(<Live taskId={task.id} />, server);
    await expect.element(screen.getByText('task 1')).toBeVisible();
    await expect.element(screen.getByText('1 running')).toBeVisible();
    await expect.element(screen.getByText('row free')).toBeVisible();
    server.updateTask(task.id, { progress: { done: 5, total: 9 } });
    server.hold(['cities/1'], { actor: bo });
    await expect.element(screen.getByText('task 5')).toBeVisible();
    await expect.element(screen.getByText('row person')).toBeVisible();
    server.endTask(task.id);
    await expect.element(screen.getByText('0 running')).toBeVisible();
  });

  it('Without an id, no task is asked for', async () => {
    const { screen } = await open(<Live />);
    await expect.element(screen.getByText('task idle')).toBeVisible();
  });

  it('A refusal is the error of the query', async () => {
    const server = new MemoryServer({ authorize: ({ action }) => action !== 'watch' });
    const { screen } = await open(<Live />, server);
    await expect.element(screen.getByText(/^row .*(may not|not allowed)/)).toBeVisible();
  });

  it('A query that no component shows watches nothing, and is live again when it is shown', async () => {
    const { screen, server, show } = await open(<Live />);
    await expect.element(screen.getByText('row free')).toBeVisible();
    await show(null);
    await expect
      .poll(() => server.received.filter(({ name }) => name === 'unwatch').length)
      .toBeGreaterThan(0);
    server.hold(['cities/1'], { actor: bo });
    await show(<Live />);
    await expect.element(screen.getByText('row person')).toBeVisible();
  });
});

function Cities({ loads }: { loads: Record<string, number> }) {
  useInvalidateChanged({ cities: [['cities']], countries: (ids) => ids.map((id) => ['country', id]) });
  useRecordLock('cities', 1);
  useRecordLock('countries', 'FR');
  const count = (name: string) => {
    loads[name] = (loads[name] ?? 0) + 1;
    return loads[name];
  };
  const cities = useQuery({ queryKey: ['cities', 'page'], queryFn: () => count('cities') });
  const france = useQuery({ queryKey: ['country', 'FR'], queryFn: () => count('FR') });
  const italy = useQuery({ queryKey: ['country', 'IT'], queryFn: () => count('IT') });
  return <output>{[cities, france, italy].map(({ data }) => data ?? 0).join(' ')}</output>;
}

describe('useInvalidateChanged', () => {
  it('Queries are loaded again when rows on screen have changed', async () => {
    const loads = {};
    const { screen, server, client } = await open(<Cities loads={loads} />);
    const output = screen.getByRole('status').filter({ hasText: /^\d \d \d$/ });
    await expect.element(output).toHaveTextContent('1 1 1');
    await expect.poll(() => client.records.getVersion()).toBe(server.version);
    server.change(['cities/1'], { actor: bo });
    await expect.element(output).toHaveTextContent('2 1 1');
    server.change(['countries/FR'], { actor: bo });
    await expect.element(output).toHaveTextContent('2 2 1');
    // Rows that are not on screen.
    server.change(['cities/9', 'countries/IT'], { actor: bo });
    server.change(['countries/FR'], { actor: bo });
    await expect.element(output).toHaveTextContent('2 3 1');
  });
});
