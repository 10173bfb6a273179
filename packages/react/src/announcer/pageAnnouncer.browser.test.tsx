import { useRef } from 'react';
import { describe, expect, it } from 'vitest';
import { render } from 'vitest-browser-react';
import { useAnnouncement, useAnnouncerHost } from './useAnnounce.ts';

function Speaker({ text }: { text: string }) {
  useAnnouncement(text, { isFirstSaid: true });
  return null;
}

function Dialog() {
  const element = useRef<HTMLDivElement>(null);
  useAnnouncerHost(element);
  return (
    <div ref={element} role="dialog" aria-label="Conflict">
      <Speaker text="Paris is free." />
    </div>
  );
}

describe('The announcer of a page', () => {
  it('All components share one live region, which moves into an open dialog and back', async () => {
    const screen = await render(
      <>
        <Speaker text="Export: Done." />
        <Speaker text="Import: Done." />
      </>,
    );
    const region = screen.baseElement.ownerDocument.querySelectorAll('[data-rowlock-announcer]');
    await expect.element(screen.getByRole('status')).toHaveTextContent('Export: Done. Import: Done.');
    expect(screen.getByRole('status').elements()).toHaveLength(1);

    await screen.rerender(<Dialog />);
    const inDialog = screen.getByRole('dialog').getByRole('status');
    await expect.element(inDialog, { timeout: 8_000 }).toHaveTextContent('Paris is free.');
    expect(region).toHaveLength(0);

    await screen.rerender(<p>Closed</p>);
    expect(document.querySelector('[data-rowlock-announcer]')?.parentElement).toBe(document.body);
  });
});
