import { describe, expect, it, vi } from 'vitest';
import { Lock } from '../testSupport/Lock.tsx';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';

describe('useTaskLock whose `hold` changes', () => {
  it('The row is acquired, released, and acquired again, under StrictMode', async () => {
    const { screen, server, rerender } = await renderWithRowlock(
      <Lock ids={[1]} options={{ hold: false }} />,
    );
    await expect.element(screen.getByText('free')).toBeVisible();
    for (const round of [1, 2]) {
      await rerender(<Lock ids={[1]} options={{ hold: true }} />);
      await expect.element(screen.getByText('held')).toBeVisible();
      expect(server.received.filter(({ name }) => name === 'acquire')).toHaveLength(round);
      await rerender(<Lock ids={[1]} options={{ hold: false }} />);
      await expect.element(screen.getByText('free')).toBeVisible();
      await vi.waitFor(() => expect(server.leasesOn('cities/1')).toEqual([]));
    }
  });

  it('A switch that is undone at once keeps the lease', async () => {
    const { screen, server, rerender } = await renderWithRowlock(<Lock ids={[1]} options={{ hold: true }} />);
    await expect.element(screen.getByText('held')).toBeVisible();
    const { id } = server.leasesOn('cities/1')[0]!;
    await rerender(<Lock ids={[1]} options={{ hold: false }} />);
    await rerender(<Lock ids={[1]} options={{ hold: true }} />);
    await expect.element(screen.getByText('held')).toBeVisible();
    expect(server.leasesOn('cities/1')).toMatchObject([{ id }]);
    await rerender(<Lock ids={[1]} options={{ hold: false }} />);
    await vi.waitFor(() => expect(server.leasesOn('cities/1')).toEqual([]));
  });
});
