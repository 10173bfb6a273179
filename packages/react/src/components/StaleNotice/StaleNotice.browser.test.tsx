import { afterEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import { useDraft } from '../../hooks/useDraft.ts';
import { useStaleRecord } from '../../hooks/useStaleRecord.ts';
import { MemoryServer } from '../../testing/memoryServer.ts';
import { expectAccessible } from '../../testSupport/axe.ts';
import { bo } from '../../testSupport/componentFixture.ts';
import { renderWithRowlock } from '../../testSupport/renderWithRowlock.tsx';
import { StaleNotice } from './StaleNotice.tsx';

interface City {
  name: string;
  population: number;
  notes: string;
}
const NOTES = 'The capital of France, on the Seine. It has twenty districts, and a river with many bridges.';
const paris: City = { name: 'Paris', population: 2_100_000, notes: NOTES };
const LABELS: Record<keyof City, string> = { name: 'Name', population: 'Population', notes: 'Notes' };

interface FormProps {
  city: City;
  version: number;
  onReload?: () => void;
}

function Form({ city, version, onReload }: FormProps) {
  const draft = useDraft(undefined, city, { version });
  const stale = useStaleRecord(1, { resource: 'cities', version: draft.version });
  const { values, setField } = draft;
  return (
    <main>
      <form aria-label="City">
        <label>
          Name <input value={values.name} onChange={(event) => setField('name', event.target.value)} />
        </label>
        <label>
          Notes <textarea value={values.notes} onChange={(event) => setField('notes', event.target.value)} />
        </label>
        <output data-testid="population">{values.population}</output>
        <StaleNotice
          draft={draft}
          stale={stale}
          rowLabel="Paris"
          fieldLabel={(field) => LABELS[field]}
          onReload={onReload}
        />
        <button type="submit">Save</button>
      </form>
    </main>
  );
}

async function openForm() {
  const server = new MemoryServer();
  let loaded = { city: paris, version: server.version };
  const form = () => <Form {...loaded} onReload={() => void reload()} />;
  const { screen, rerender, client } = await renderWithRowlock(form(), { server });
  const reload = () => rerender(form());
  await expect.poll(() => client.records.getVersion()).toBe(server.version);
  return {
    ...{ screen, reload, server },
    name: screen.getByRole('textbox', { name: 'Name' }),
    notice: screen.getByRole('region'),
    /** Bo saves, and this tab learns of it at once. */
    change: (change: Partial<City>) => {
      loaded = { city: { ...loaded.city, ...change }, version: server.change(['cities/1'], { actor: bo }) };
    },
  };
}

const forgetAnnounced = () => {
  const region = document.querySelector('[data-rowlock-announcer]');
  if (region) region.textContent = '';
};
const announced = () => document.querySelector('[data-rowlock-announcer]')?.textContent;

afterEach(() => {
  delete document.documentElement.dataset.theme;
});

describe('StaleNotice', () => {
  it('It says who has changed the row, loads it again on demand, and gives the focus back', async () => {
    const { name, notice, change, screen } = await openForm();
    await expect.element(notice).not.toBeInTheDocument();
    await userEvent.click(name);
    change({ population: 5 });
    await expect.element(notice).toHaveAccessibleName('Bo Berg has changed Paris');
    await expect.element(notice.getByText('just now')).toBeVisible();
    await expect.element(screen.getByTestId('population')).toHaveTextContent('2100000');
    await userEvent.tab();
    await userEvent.tab();
    await expect.element(screen.getByRole('button', { name: 'Load the new values' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    await expect.element(screen.getByTestId('population')).toHaveTextContent('5');
    await expect.element(notice).not.toBeInTheDocument();
    await expect.element(screen.getByRole('textbox', { name: 'Notes' })).toHaveFocus();
  });

  it('P13: Each field that both have changed has both values and a choice, by keyboard', async () => {
    const { name, notice, change, screen, reload } = await openForm();
    await userEvent.fill(name, 'Lutetia');
    change({ name: 'PARIS', population: 5 });
    await reload();
    await expect.element(screen.getByTestId('population')).toHaveTextContent('5');
    await expect
      .element(notice.getByText('You have both changed 1 field. Choose the value to save.'))
      .toBeVisible();
    const theirs = screen.getByRole('radio', { name: 'Theirs PARIS' });
    const mine = screen.getByRole('radio', { name: 'Mine Lutetia' });
    await expect.element(screen.getByRole('group', { name: 'Name' })).toBeVisible();
    await expect.element(theirs).not.toBeChecked();
    await expect.element(mine).not.toBeChecked();
    await userEvent.click(theirs);
    await expect.element(name).toHaveValue('PARIS');
    await userEvent.keyboard('{ArrowDown}');
    await expect.element(mine).toBeChecked();
    await expect.element(name).toHaveValue('Lutetia');
    await expect.element(notice.getByText('Save to keep these values.')).toBeVisible();
    await expectAccessible(screen.container);
  });

  it('All fields can be decided at once', async () => {
    const { name, change, screen, reload } = await openForm();
    await userEvent.fill(name, 'Lutetia');
    await userEvent.fill(screen.getByRole('textbox', { name: 'Notes' }), NOTES.replace('twenty', '20'));
    change({ name: 'PARIS', notes: NOTES.replace('Seine', 'Marne') });
    await reload();
    await screen.getByRole('button', { name: 'Take all theirs' }).click();
    await expect.element(name).toHaveValue('PARIS');
    await expect
      .element(screen.getByRole('textbox', { name: 'Notes' }))
      .toHaveValue(NOTES.replace('Seine', 'Marne'));
    await screen.getByRole('button', { name: 'Keep all mine' }).click();
    await expect.element(name).toHaveValue('Lutetia');
    await expect
      .element(screen.getByRole('textbox', { name: 'Notes' }))
      .toHaveValue(NOTES.replace('twenty', '20'));
  });

  it('Longer texts are compared word by word with the text before both changes', async () => {
    const { change, screen, reload } = await openForm();
    await userEvent.fill(screen.getByRole('textbox', { name: 'Notes' }), NOTES.replace('twenty', '20'));
    change({ notes: NOTES.replace('Seine', 'Marne') });
    await reload();
    await expect.element(screen.getByRole('radio').first()).toBeVisible();
    const marked = [...screen.container.querySelectorAll('ins, del')].map(
      ({ tagName, textContent }) => `${tagName} ${textContent}`,
    );
    expect(marked).toEqual(['DEL Seine', 'INS Marne', 'DEL twenty', 'INS 20']);
  });

  it('The notice moves no field of the form', async () => {
    const { name, notice, change, screen, reload } = await openForm();
    await userEvent.fill(name, 'Lutetia');
    const places = () =>
      [...screen.container.querySelectorAll('input:not([type=radio]), textarea')].map(
        (field) => field.getBoundingClientRect().top,
      );
    const before = places();
    change({ name: 'PARIS' });
    await expect.element(notice).toBeVisible();
    expect(places()).toEqual(before);
    await reload();
    await expect.element(screen.getByRole('radio').first()).toBeVisible();
    expect(places()).toEqual(before);
  });

  it('P17: The change is announced once, with its author and time, and again only with other fields', async () => {
    forgetAnnounced();
    const { name, notice, change, screen, reload } = await openForm();
    await userEvent.fill(name, 'Lutetia');
    change({ population: 5 });
    await expect.element(notice).toBeVisible();
    await expect.poll(announced, { timeout: 7_000 }).toMatch(/^Bo Berg has changed Paris at .*\d.*\.$/);
    const first = announced();
    await screen.getByRole('button', { name: 'Load the new values' }).click();
    await expect.element(notice).not.toBeInTheDocument();
    expect(announced()).toBe(first);
    change({ name: 'PARIS' });
    await reload();
    await expect.poll(announced, { timeout: 7_000 }).toContain('1 field needs your choice.');
  });

  it.each(['light', 'dark'])('It is accessible in %s', async (theme) => {
    document.documentElement.dataset.theme = theme;
    const { name, change, screen, reload, notice } = await openForm();
    await userEvent.fill(name, 'Lutetia');
    await userEvent.fill(screen.getByRole('textbox', { name: 'Notes' }), NOTES.replace('twenty', '20'));
    change({ name: 'PARIS', notes: NOTES.replace('Seine', 'Marne') });
    await expect.element(notice).toBeVisible();
    await expectAccessible(notice.element());
    await reload();
    await expect.element(screen.getByRole('radio').first()).toBeVisible();
    await expectAccessible(notice.element());
  });

  it('The choices are no fields of the form around them', async () => {
    const { name, change, screen, reload } = await openForm();
    await userEvent.fill(name, 'Lutetia');
    change({ name: 'PARIS' });
    await reload();
    await userEvent.click(screen.getByRole('radio', { name: 'Theirs PARIS' }));
    const form = screen.getByRole('form', { name: 'City' }).element() as HTMLFormElement;
    expect([...new FormData(form).keys()]).toEqual([]);
    form.reset();
    await expect.element(screen.getByRole('radio', { name: 'Theirs PARIS' })).toBeChecked();
  });
});
