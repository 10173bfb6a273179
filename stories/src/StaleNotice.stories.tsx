/** A form whose row others have changed: theirs and mine, field by field. */
import type { RecordChange } from '@rowlock/protocol';
import { StaleNotice, type StaleNoticeProps, useDraft } from '@rowlock/react';
import type { Meta, StoryObj } from '@storybook/react-vite';
import { type FunctionComponent, useState } from 'react';
import { expect, fn, screen, waitFor } from 'storybook/test';
import './form.css';
import { ann, bo, onStage } from './stage.tsx';

interface City {
  name: string;
  notes: string;
}

const NOTES = 'The capital of France, on the Seine. It has twenty districts, and a river with many bridges.';
const LOADED: City = { name: 'Paris', notes: NOTES };
const NEWER: City = { name: 'PARIS', notes: NOTES.replace('Seine', 'Marne') };
const LABELS: Record<keyof City, string> = { name: 'Name', notes: 'Notes' };

interface Args {
  /** Whether the page has loaded the row again */
  isReloaded: boolean;
  change: Partial<RecordChange>;
  onReload?: () => void;
}

/** Type into the form. Then let somebody else save the row. */
function CityForm({ isReloaded, change, onReload }: Args) {
  const [hasChanged, setChanged] = useState(false);
  const [changedAt] = useState(() => Date.now() - 180_000);
  const draft = useDraft<City>(undefined, hasChanged && isReloaded ? NEWER : LOADED);
  const changes = [{ version: 2, recordCount: 1, records: ['cities/1' as const], at: changedAt, ...change }];
  const stale: StaleNoticeProps<City>['stale'] = { isStale: hasChanged, changes };
  return (
    <main style={{ display: 'grid', gap: 12, maxInlineSize: 640 }}>
      <div className="story-form">
        <label>
          Name
          <input value={draft.values.name} onChange={(event) => draft.setField('name', event.target.value)} />
        </label>
        <label>
          Notes
          <textarea
            rows={3}
            value={draft.values.notes}
            onChange={(event) => draft.setField('notes', event.target.value)}
          />
        </label>
        <button type="button" className="rowlock-button" onClick={() => setChanged(true)}>
          Somebody else saves
        </button>
      </div>
      <StaleNotice
        draft={draft}
        stale={stale}
        rowLabel="Paris"
        fieldLabel={(field) => LABELS[field]}
        onReload={onReload}
      />
    </main>
  );
}

const meta = {
  title: 'Components/StaleNotice',
  component: StaleNotice as FunctionComponent<object>,
  render: (args: Args) => <CityForm {...args} />,
  args: { isReloaded: true, change: { actor: bo, how: 'write' } },
  parameters: { stage: onStage().stage, docs: { story: { inline: false, height: '560px' } } },
} satisfies Meta<Args>;

export default meta;
type Story = StoryObj<Args>;

/** Somebody else has saved. The form still shows the row from before. */
export const NotLoaded: Story = {
  args: { isReloaded: false, onReload: fn() },
  play: async ({ args, userEvent }) => {
    await userEvent.click(screen.getByRole('button', { name: 'Somebody else saves' }));
    await expect(await screen.findByRole('region', { name: 'Bo Berg has changed Paris' })).toBeVisible();
    await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    await expect(args.onReload).toHaveBeenCalledTimes(1);
  },
};

/** Both have changed the name and the notes. The user chooses for each, by keyboard, and may change it until the save. */
export const Choices: Story = {
  play: async ({ userEvent }) => {
    const name = screen.getByRole('textbox', { name: 'Name' });
    const notes = screen.getByRole('textbox', { name: 'Notes' });
    await userEvent.clear(name);
    await userEvent.type(name, 'Lutetia');
    await userEvent.clear(notes);
    await userEvent.type(notes, NOTES.replace('twenty', '20'));
    await userEvent.click(screen.getByRole('button', { name: 'Somebody else saves' }));
    await screen.findByText('You have both changed 2 fields. Choose the values to save.');
    await userEvent.tab();
    await userEvent.keyboard(' ');
    await waitFor(() => expect(name).toHaveValue('PARIS'));
    await screen.findByText('1 of 2 fields still needs your choice.');
  },
};

/** A task has changed the row. */
export const ByTask: Story = {
  args: { ...NotLoaded.args, change: { actor: bo, how: 'task' } },
  play: async ({ userEvent }) => {
    await userEvent.click(screen.getByRole('button', { name: 'Somebody else saves' }));
    await screen.findByRole('region', { name: 'A task of Bo Berg has changed Paris' });
  },
};

/** The user has changed it, in another tab. */
export const ByMe: Story = {
  args: { ...NotLoaded.args, change: { actor: ann, how: 'write' } },
  play: async ({ userEvent }) => {
    await userEvent.click(screen.getByRole('button', { name: 'Somebody else saves' }));
    await screen.findByRole('region', { name: 'You have changed Paris in another tab' });
  },
};

/** Nobody knows who has changed it, for example after a restart. */
export const Unknown: Story = {
  args: { ...NotLoaded.args, change: { at: undefined } },
  play: async ({ userEvent }) => {
    await userEvent.click(screen.getByRole('button', { name: 'Somebody else saves' }));
    await screen.findByRole('region', { name: 'Paris has changed' });
  },
};
