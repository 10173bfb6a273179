import { describe, expect, it, vi } from 'vitest';
import { Lock } from '../testSupport/Lock.tsx';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';

describe('a page that stops', () => {
  const lifecycles = [
    {
      how: 'into the back/forward cache',
      stop: () => window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })),
      resume: () => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })),
    },
    {
      how: 'because the browser freezes it',
      stop: () => document.dispatchEvent(new Event('freeze')),
      resume: () => document.dispatchEvent(new Event('resume')),
    },
    {
      how: 'with both events of a page that is cached and frozen',
      stop: () => {
        window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }));
        document.dispatchEvent(new Event('freeze'));
      },
      resume: () => {
        document.dispatchEvent(new Event('resume'));
        window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
      },
    },
  ];

  it.for(lifecycles)(
    'A page that stops $how disconnects, and resumes its lease later',
    async ({ stop, resume }) => {
      const beacon = vi.spyOn(navigator, 'sendBeacon').mockReturnValue(true);
      const { screen, server, transport, client } = await renderWithRowlock(
        <Lock ids={[1]} options={{ hold: true }} />,
      );
      const close = vi.spyOn(transport, 'close');
      await expect.element(screen.getByText('held')).toBeVisible();
      document.dispatchEvent(new Event('visibilitychange'));
      expect(close).not.toHaveBeenCalled();

      const leaseSecret = client.leases.headers(['cities/1'])['Rowlock-Lease']!;
      const [leaseId, secret] = leaseSecret.split('.');
      stop();
      expect(close).toHaveBeenCalledTimes(1);
      expect(client.connection.status).toBe('reconnecting');
      const body = JSON.stringify({ leases: [{ leaseId, secret }] });
      const sent = beacon.mock.calls.filter((call) => call[1] === body);
      expect(sent).toEqual([['/rowlock/leases/release', body]]);

      resume();
      await vi.waitFor(() =>
        expect(client.leases.headers(['cities/1'])['Rowlock-Lease']).not.toBe(leaseSecret),
      );
      expect(client.connection.status).toBe('live');
      expect(server.leasesOn('cities/1')).toMatchObject([{ id: leaseId }]);
      beacon.mockRestore();
    },
  );

  it('A page that runs again holds its rows under another lease if the old one has ended', async () => {
    const { screen, server, client } = await renderWithRowlock(<Lock ids={[1]} options={{ hold: true }} />);
    await expect.element(screen.getByText('held')).toBeVisible();
    document.dispatchEvent(new Event('freeze'));
    server.free('1', 'closed');
    document.dispatchEvent(new Event('resume'));
    await vi.waitFor(() => expect(client.leases.headers('2')).toHaveProperty('Rowlock-Lease'));
    await expect.element(screen.getByText('held')).toBeVisible();
  });
});
