import { describe, expect, it } from 'vitest';
import { ConflictModal } from '../components/ConflictModal/ConflictModal.tsx';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';

const refusal = (message: string) => ({ code: 'forbidden' as const, message });

describe('The conflict surface of a page', () => {
  it('P17: a second conflict waits until the first dialog is closed', async () => {
    const dialogs = (isFirst: boolean) => (
      <>
        <ConflictModal error={isFirst ? refusal('First reason') : undefined} />
        <ConflictModal error={refusal('Second reason')} />
      </>
    );
    const { screen, rerender } = await renderWithRowlock(dialogs(true));
    await expect.element(screen.getByText('First reason')).toBeInTheDocument();
    expect(screen.getByRole('dialog').elements()).toHaveLength(1);
    await rerender(dialogs(false));
    await expect.element(screen.getByText('Second reason')).toBeInTheDocument();
    expect(screen.getByRole('dialog').elements()).toHaveLength(1);
  });
});
