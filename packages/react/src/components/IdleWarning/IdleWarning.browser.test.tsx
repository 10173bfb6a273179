import { describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { useTaskLock } from '../../hooks/useTaskLock.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { createTurnableClock } from '../../testing/turnableClock.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { IdleWarning } from './IdleWarning.tsx';

function Form() {
  const lock = useTaskLock([0], { resource: 'cities', hold: true });
  return (
    <main>
      <output>{lock.status}</output>
      <IdleWarning className={({ isSoon }) => (isSoon ? 'is-soon' : 'is-early')} />
    </main>
  );
}

async function setUp() {
  const clock = createTurnableClock();
  const server = new MemoryServer({ clock, idle: { warnMs: 120_000, releaseMs: 300_000 } });
  const announce = vi.fn();
  const { screen } = await renderWithRowlock(<Form />, { server, announce });
  await expect.element(screen.getByText('held')).toBeVisible();
  return { clock, server, announce, screen };
}

describe('IdleWarning', () => {
  it('The warning counts down, is said once, and a key keeps the row', async () => {
    const { clock, server, announce, screen } = await setUp();
    await expect.element(screen.getByRole('group')).not.toBeInTheDocument();
    await clock.turn(120_000);
    const warning = screen.getByRole('group', { name: 'Are you still there?' });
    await expect.element(warning).toBeVisible();
    await expect.element(warning).toHaveClass('is-early');
    expect(announce.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/^Are you still there\? The row you are editing is unlocked/),
    ]);
    await expectAccessible(screen.container);
    await userEvent.keyboard('{Shift}');
    await expect.element(warning).not.toBeInTheDocument();
    await clock.turn(119_000);
    expect(server.leasesOn('cities/0')).toHaveLength(1);
  });

  it('Without an activity the row is unlocked, and the warning disappears', async () => {
    const { clock, server, screen } = await setUp();
    await clock.turn(120_000);
    await expect.element(screen.getByRole('button', { name: 'I am still here' })).toBeVisible();
    await clock.turn(180_000);
    expect(server.leasesOn('cities/0')).toEqual([]);
    await expect.element(screen.getByText('free')).toBeVisible();
    await expect.element(screen.getByRole('group')).not.toBeInTheDocument();
  });
});
