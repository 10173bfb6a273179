import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { createRowlockClient } from '../core/client.ts';
import { RowlockProvider } from '../hooks/RowlockProvider.tsx';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { Lock } from '../testSupport/Lock.tsx';
import { ConnectionStatus } from './ConnectionStatus/ConnectionStatus.tsx';
import { LockBadge } from './LockBadge/LockBadge.tsx';
import { TaskBanner } from './TaskBanner/TaskBanner.tsx';
import { TaskDashboard } from './TaskDashboard/TaskDashboard.tsx';
import { TaskDetails } from './TaskDetails/TaskDetails.tsx';
import { TaskProgress } from './TaskProgress/TaskProgress.tsx';
import { TaskTray } from './TaskTray/TaskTray.tsx';

function createPage(server: MemoryServer) {
  const client = createRowlockClient({ transport: createMemoryTransport({ server }), storage: null });
  return (
    <StrictMode>
      <RowlockProvider client={client}>
        <Lock ids={[1]} options={{ hold: true }} />
        <LockBadge record="cities/1" />
        <ConnectionStatus />
        <TaskProgress taskId="t" />
        <TaskTray storage={null} />
        <TaskBanner taskId="t" />
        <TaskDashboard />
        <TaskDetails taskId="t" />
      </RowlockProvider>
    </StrictMode>
  );
}

describe('Hydration', () => {
  it('A page from the server becomes live without a difference to its first render in the browser', async () => {
    const server = new MemoryServer();
    server.startTask({ id: 't', label: 'Export', progress: { done: 1, total: 2 } });
    const element = document.createElement('main');
    element.innerHTML = renderToString(createPage(server));
    document.body.append(element);
    const problems: unknown[] = [];
    const root = hydrateRoot(element, createPage(server), {
      onRecoverableError: (error) => problems.push(error),
    });
    await vi.waitFor(() => expect(element.querySelector('output')?.textContent).toBe('held'));
    await vi.waitFor(() => expect(element.textContent).toContain('Export'));
    expect(problems).toEqual([]);
    root.unmount();
    element.remove();
  });
});
