import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { userEvent } from 'vitest/browser';
import { useTaskLock } from '../../hooks/useTaskLock.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { bo, rows } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { LockedFieldset } from './LockedFieldset.tsx';

/** Reads first, and holds the row from the first keystroke on. */
function CityForm({ onSubmit, onClose }: { onSubmit?: () => void; onClose?: () => void }) {
  const [isEditing, setEditing] = useState(false);
  const [name, setName] = useState('Paris');
  const [isCapital, setCapital] = useState(true);
  const lock = useTaskLock([0], { resource: 'cities', hold: isEditing });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit?.();
      }}
    >
      <LockedFieldset lock={lock} onEdit={() => setEditing(true)}>
        <legend>City</legend>
        <label>
          Name <input value={name} onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          Capital{' '}
          <input type="checkbox" checked={isCapital} onChange={(event) => setCapital(event.target.checked)} />
        </label>
        <label>
          Region{' '}
          <select defaultValue="idf">
            <option value="idf">Île-de-France</option>
            <option value="ara">Auvergne</option>
          </select>
        </label>
        <button type="submit">Save</button>
        <button type="button" data-rowlock-usable onClick={onClose}>
          Close
        </button>
      </LockedFieldset>
      <output>{lock.status}</output>
    </form>
  );
}

describe('LockedFieldset', () => {
  it('A form that is only read locks nothing, and the first keystroke locks the row', async () => {
    const { screen, server } = await renderWithRowlock(<CityForm />);
    await expect.element(screen.getByText('free')).toBeVisible();
    await screen.getByLabelText('Name').click();
    expect(server.leasesOn('cities/0')).toEqual([]);
    await userEvent.keyboard('{End}!');
    await expect.element(screen.getByText('held')).toBeVisible();
    await expect.element(screen.getByLabelText('Name')).toHaveValue('Paris!');
  });

  it('While somebody else edits the row, nothing in the form can be changed, and everything can be read', async () => {
    const server = new MemoryServer();
    server.hold(rows(1), { actor: bo });
    const onSubmit = vi.fn();
    const onClose = vi.fn();
    const { screen } = await renderWithRowlock(<CityForm onSubmit={onSubmit} onClose={onClose} />, {
      server,
    });
    await expect.element(screen.getByText('Read only: Bo Berg is editing this.')).toBeVisible();
    await expect
      .element(screen.getByRole('group', { name: 'City' }))
      .toHaveAccessibleDescription('Read only: Bo Berg is editing this.');
    const name = screen.getByLabelText('Name');
    await name.click();
    await userEvent.keyboard('{Control>}a{/Control}');
    const { selectionStart, selectionEnd } = name.element() as HTMLInputElement;
    expect([selectionStart, selectionEnd]).toEqual([0, 5]);
    await userEvent.keyboard('Lyon{Enter}');
    await expect.element(name).toHaveValue('Paris');
    await expect.element(name).toHaveAttribute('readonly');
    await userEvent.tab();
    await expect.element(screen.getByLabelText('Capital')).toHaveFocus();
    await userEvent.keyboard(' ');
    await expect.element(screen.getByLabelText('Capital')).toBeChecked();
    (screen.getByLabelText('Capital').element() as HTMLElement).click();
    await expect.element(screen.getByLabelText('Capital')).toBeChecked();
    await userEvent.tab();
    await userEvent.keyboard('{ArrowDown}');
    await expect.element(screen.getByRole('combobox')).toHaveValue('idf');
    (screen.getByRole('button', { name: 'Save' }).element() as HTMLElement).click();
    expect(onSubmit).not.toHaveBeenCalled();
    await screen.getByRole('button', { name: 'Close' }).click();
    expect(onClose).toHaveBeenCalledOnce();
    await expectAccessible(screen.container);
  });

  it('The fields can be changed again when the row is free, and what was typed has stayed', async () => {
    const server = new MemoryServer();
    const held = server.hold(rows(1), { actor: bo });
    const onSubmit = vi.fn();
    const { screen } = await renderWithRowlock(<CityForm onSubmit={onSubmit} />, { server });
    await expect.element(screen.getByLabelText('Name')).toHaveAttribute('readonly');
    server.free(held);
    await expect.element(screen.getByLabelText('Name')).not.toHaveAttribute('readonly');
    await expect.element(screen.getByText(/^Read only/)).not.toBeInTheDocument();
    await screen.getByLabelText('Capital').click();
    await expect.element(screen.getByLabelText('Capital')).not.toBeChecked();
    await expect.element(screen.getByText('held')).toBeVisible();
    await screen.getByRole('button', { name: 'Save' }).click();
    expect(onSubmit).toHaveBeenCalledOnce();
  });
});
