import { describe, expect, it } from 'vitest';
import { render } from 'vitest-browser-react';
import { TaskProgress } from '../components/TaskProgress/TaskProgress.tsx';
import { createRowlockClient } from '../core/client.ts';
import { RowlockProvider } from '../hooks/RowlockProvider.tsx';
import { MemoryServer } from '../testing/memoryServer.ts';
import { createMemoryTransport } from '../testing/memoryTransport.ts';
import { task } from '../testSupport/componentFixture.ts';
import { createEnglishMessages } from './englishMessages.ts';
import { createGermanMessages } from './german/germanMessages.ts';

const client = createRowlockClient({
  transport: createMemoryTransport({ server: new MemoryServer() }),
  storage: null,
});
const running = task('running', { label: 'Export', progress: { done: 1_500, total: 8_836, etaMs: 61_000 } });

describe('The texts of the components', () => {
  it('German texts come with German numbers', async () => {
    const screen = await render(
      <RowlockProvider client={client} messages={createGermanMessages()}>
        <TaskProgress task={running} />
      </RowlockProvider>,
    );
    await expect.element(screen.getByText('1.500 von 8.836')).toBeVisible();
    await expect.element(screen.getByText('noch 2 min')).toBeVisible();
  });

  it('Texts that the application leaves out stay English', async () => {
    const screen = await render(
      <RowlockProvider client={client} messages={{ timeLeft: () => 'soon' }}>
        <TaskProgress task={running} />
      </RowlockProvider>,
    );
    await expect.element(screen.getByText('1,500 of 8,836')).toBeVisible();
    await expect.element(screen.getByText('soon')).toBeVisible();
  });

  it('Every language has a text for every key', () => {
    const english = Object.keys(createEnglishMessages()).sort();
    expect(Object.keys(createGermanMessages()).sort()).toEqual(english);
  });
});
