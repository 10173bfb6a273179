import { describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { createRowlockClient } from '../../core/client.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { createMemoryTransport } from '../../testing/memoryTransport.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { PresenceAvatars } from './PresenceAvatars.tsx';

/** Opens a tab of that user, which looks at the row. */
function look(server: MemoryServer, name: string) {
  const transport = createMemoryTransport({ server, actor: { id: name, name } });
  const client = createRowlockClient({ transport, storage: null });
  client.start();
  client.presence.watch(['cities/1'], () => {});
}

describe('PresenceAvatars', () => {
  it('Nobody else looks: nothing is shown, and the place keeps its height', async () => {
    const { screen } = await renderWithRowlock(
      <PresenceAvatars recordId={1} resource="cities" data-testid="viewers" />,
    );
    await expect.element(screen.getByTestId('viewers')).toBeInTheDocument();
    expect(screen.getByTestId('viewers').element().getBoundingClientRect().height).toBe(28);
    await expect.element(screen.getByRole('button')).not.toBeInTheDocument();
  });

  it('The others are shown by initials, and named on focus; the ones above the maximum are counted', async () => {
    const server = new MemoryServer();
    const { screen } = await renderWithRowlock(
      <main>
        <PresenceAvatars recordId={1} resource="cities" max={2} />
      </main>,
      { server },
    );
    look(server, 'Bo');
    await expect.element(screen.getByRole('button', { name: 'Bo is looking at this too' })).toBeVisible();
    look(server, 'Cy');
    look(server, 'Di');
    const viewers = screen.getByRole('button', { name: 'Bo, Cy, and Di are looking at this too' });
    await expect.element(viewers).toBeVisible();
    await expect.element(screen.getByText('+1')).toBeVisible();
    const names = screen.getByText('Bo, Cy, and Di are looking at this too').last();
    await expect.element(names).not.toBeVisible();
    await userEvent.tab();
    await expect.element(viewers).toHaveFocus();
    await expect.element(names).toBeVisible();
    await expectAccessible(screen.container);
  });
});
