/** A form that reads first, and that is read only while somebody else changes its row. */
import { LockedFieldset, useTaskLock } from '@rowlock/react';
import type { Meta, StoryObj } from '@storybook/react-vite';
import type { FunctionComponent } from 'react';
import { useState } from 'react';
import { expect, screen, waitFor } from 'storybook/test';
import './form.css';
import { cities } from './sampleRows.ts';
import { bo, Stage, type StageProps } from './stage.tsx';

function CityForm() {
  const [isEditing, setEditing] = useState(false);
  const lock = useTaskLock([0], { resource: 'cities', hold: isEditing });
  return (
    <form className="story-form" onSubmit={(event) => event.preventDefault()}>
      <LockedFieldset lock={lock} onEdit={() => setEditing(true)}>
        <legend>City</legend>
        <label>
          Name <input defaultValue="Paris" />
        </label>
        <label>
          Population <input type="number" defaultValue={2_103_000} />
        </label>
        <label>
          Region{' '}
          <select defaultValue="idf">
            <option value="idf">Île-de-France</option>
            <option value="ara">Auvergne-Rhône-Alpes</option>
          </select>
        </label>
        <label className="story-check">
          <input type="checkbox" defaultChecked /> Capital
        </label>
        <div className="story-buttons">
          <button type="submit" className="rowlock-button" data-variant="primary">
            Save
          </button>
          <button type="button" className="rowlock-button" data-rowlock-usable="">
            Close
          </button>
        </div>
      </LockedFieldset>
      <output>{lock.isHeld ? 'You hold the row' : 'You only read'}</output>
    </form>
  );
}

const meta = {
  title: 'Components/LockedFieldset',
  component: LockedFieldset as FunctionComponent<object>,
  render: (args: Pick<StageProps, 'set' | 'move'>) => (
    <Stage {...args}>
      <CityForm />
    </Stage>
  ),
} satisfies Meta<Pick<StageProps, 'set' | 'move'>>;

export default meta;
type Story = StoryObj<Pick<StageProps, 'set' | 'move'>>;

/** Nobody else changes the row. The first keystroke locks it. */
export const Free: Story = {
  play: async ({ userEvent }) => {
    await expect(await screen.findByText('You only read')).toBeVisible();
    await userEvent.type(screen.getByLabelText('Name'), '!');
    await waitFor(() => expect(screen.getByText('You hold the row')).toBeVisible());
    await expect(screen.getByLabelText('Name')).toHaveValue('Paris!');
  },
};

/** Somebody edits the row. Everything can be read, selected and copied. */
export const ReadOnly: Story = {
  args: { set: (server) => void server.hold(cities(1), { actor: bo, label: 'Edit Paris' }) },
  play: async ({ userEvent }) => {
    await expect(await screen.findByText('Read only: Bo Berg is editing this.')).toBeVisible();
    await userEvent.type(screen.getByLabelText('Name'), '!');
    await expect(screen.getByLabelText('Name')).toHaveValue('Paris');
    await userEvent.click(screen.getByLabelText('Capital'));
    await expect(screen.getByLabelText('Capital')).toBeChecked();
  },
};

/** A task changes the row. */
export const ReadOnlyByATask: Story = {
  args: {
    set: (server) =>
      void server.startTask({ label: 'Normalise names · France', actor: bo, records: cities(1) }),
  },
};
