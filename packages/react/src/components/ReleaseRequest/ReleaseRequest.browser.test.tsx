import { describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { createRowlockClient } from '../../core/client.ts';
import type { ReleaseOutcome } from '../../core/releaseRequests.ts';
import { useTaskLock } from '../../hooks/useTaskLock.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { createMemoryTransport } from '../../testing/memoryTransport.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { bo } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { ReleaseRequest, type ReleaseRequestProps } from './ReleaseRequest.tsx';

function Form({ onSave }: Pick<ReleaseRequestProps, 'onSave'>) {
  const lock = useTaskLock([0], { resource: 'cities', hold: true });
  return (
    <main>
      <output>{lock.status}</output>
      <ReleaseRequest lock={lock} recordLabel={() => 'Paris'} {...(onSave && { onSave })} />
    </main>
  );
}

/** Ann holds the row, and Bo asks for it. */
async function setUp(onSave?: ReleaseRequestProps['onSave']) {
  const server = new MemoryServer();
  const { screen } = await renderWithRowlock(<Form onSave={onSave} />, { server });
  await expect.element(screen.getByText('held')).toBeVisible();
  const client = createRowlockClient({
    transport: createMemoryTransport({ server, actor: bo }),
    storage: null,
  });
  client.start();
  const answered: Promise<ReleaseOutcome> = client.leases.requestRelease(server.leasesOn('cities/0')[0]!.id, {
    records: ['cities/0'],
    message: 'I only fix a typo',
  });
  await expect.element(screen.getByRole('group', { name: 'Bo Berg asks for Paris' })).toBeVisible();
  return { server, screen, answered };
}

describe('ReleaseRequest', () => {
  it('It shows who asks and why, and releases the row after the form is saved', async () => {
    const onSave = vi.fn(async () => {});
    const { screen, answered } = await setUp(onSave);
    await expect.element(screen.getByText('I only fix a typo')).toBeVisible();
    await expectAccessible(screen.container);
    await userEvent.tab();
    await expect.element(screen.getByRole('button', { name: 'Save and release' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(await answered).toEqual({ ok: true, answer: 'released' });
    expect(onSave).toHaveBeenCalledOnce();
    await expect.element(screen.getByRole('group')).not.toBeInTheDocument();
    await expect.element(screen.getByText('held')).not.toBeInTheDocument();
  });

  it('If the save fails, the row stays held, and the request stays open', async () => {
    const { server, screen } = await setUp(() => Promise.reject(new Error('Offline')));
    await screen.getByRole('button', { name: 'Save and release' }).click();
    await expect
      .element(screen.getByRole('alert'))
      .toHaveTextContent('Your changes could not be saved, so you keep the row.');
    expect(server.leasesOn('cities/0')).toHaveLength(1);
    await expect.element(screen.getByRole('button', { name: 'Save and release' })).toBeVisible();
  });

  it.each([
    ['Later', 'later'],
    ['No', 'refused'],
  ] as const)('The answer %s keeps the row', async (label, answer) => {
    const { server, screen, answered } = await setUp();
    await expect.element(screen.getByRole('button', { name: 'Release', exact: true })).toBeVisible();
    await screen.getByRole('button', { name: label, exact: true }).click();
    expect(await answered).toEqual({ ok: true, answer });
    await expect.element(screen.getByRole('group')).not.toBeInTheDocument();
    expect(server.leasesOn('cities/0')).toHaveLength(1);
  });
});
