import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userEvent } from 'vitest/browser';
import type { DraftArea } from '../core/draft/draftArea.ts';
import { renderWithRowlock } from '../testSupport/renderWithRowlock.tsx';
import { type Draft, useDraft } from './useDraft.ts';
import { useDrafts } from './useDrafts.ts';

interface City {
  id: number;
  name: string;
  region: string;
}
const paris: City = { id: 1, name: 'Paris', region: 'IDF' };

beforeEach(() => sessionStorage.clear());
afterEach(() => sessionStorage.clear());

/** The tab's storage, as the object of a page that has just been loaded. */
const loadPage = (): DraftArea => ({
  get length() {
    return sessionStorage.length;
  },
  key: (index) => sessionStorage.key(index),
  getItem: (name) => sessionStorage.getItem(name),
  setItem: (name, value) => sessionStorage.setItem(name, value),
  removeItem: (name) => sessionStorage.removeItem(name),
});

interface FormProps {
  city: City;
  version: number | undefined;
  storage: DraftArea;
  seen: { draft?: Draft<City> };
}

function Form({ city, version, storage, seen }: FormProps) {
  const draft = useDraft(`cities/${city.id}`, { ...city }, { version, storage });
  seen.draft = draft;
  return (
    <label>
      Name
      <input value={draft.values.name} onChange={(event) => draft.setField('name', event.target.value)} />
    </label>
  );
}

function List({ storage }: Pick<FormProps, 'storage'>) {
  const drafts = useDrafts('cities', { storage });
  return <output>{[1, 2].filter((id) => drafts.has(id)).join(' ')}</output>;
}

interface NewCityProps {
  seen: { draft?: Draft<{ name: string }> };
}

function NewCity({ seen }: NewCityProps) {
  const draft = useDraft(undefined, { name: '' });
  seen.draft = draft;
  return <output>{draft.values.name}</output>;
}

async function openForm(city = paris, version?: number) {
  const seen: { draft?: Draft<City> } = {};
  const storage = loadPage();
  const form = (next: City, nextVersion?: number) => (
    <>
      <Form city={next} version={nextVersion} storage={storage} seen={seen} />
      <List storage={storage} />
    </>
  );
  const { screen, rerender } = await renderWithRowlock(form(city, version));
  return {
    seen,
    screen,
    input: screen.getByLabelText('Name'),
    load: (next: City, nextVersion?: number) => rerender(form(next, nextVersion)),
  };
}

describe('useDraft', () => {
  it('P13: A typed field stays when the row changes, and other fields follow the row', async () => {
    const { seen, input, load } = await openForm();
    await userEvent.fill(input, 'Lutetia');
    await load({ ...paris, region: 'Île-de-France' });
    await expect.element(input).toHaveValue('Lutetia');
    expect(seen.draft?.values).toEqual({ id: 1, name: 'Lutetia', region: 'Île-de-France' });
    expect(seen.draft?.conflicts).toEqual([]);
    await load({ ...paris, name: 'PARIS', region: 'Île-de-France' });
    await expect.element(input).toHaveValue('Lutetia');
    expect(seen.draft?.conflicts).toMatchObject([{ field: 'name', theirs: 'PARIS' }]);
    expect(seen.draft?.hasOpenConflicts).toBe(true);
    seen.draft?.takeTheirs();
    await expect.element(input).toHaveValue('PARIS');
    expect(seen.draft?.isDirty).toBe(false);
  });

  it('A draft survives a reload, and marks its row in lists', async () => {
    const first = await openForm();
    await expect.element(first.screen.getByRole('status')).toHaveTextContent('');
    await userEvent.fill(first.input, 'Lutetia');
    await expect.element(first.screen.getByRole('status')).toHaveTextContent('1');
    await expect.poll(() => sessionStorage.length).toBe(1);
    await first.screen.unmount();

    const second = await openForm();
    await expect.element(second.input).toHaveValue('Lutetia');
    await expect.poll(() => second.seen.draft?.isRestored).toBe(true);
  });

  it('Discarding a draft can be undone', async () => {
    const { seen, input } = await openForm();
    await userEvent.fill(input, 'Lutetia');
    expect(seen.draft?.undoDiscard).toBeUndefined();
    seen.draft?.discard();
    await expect.element(input).toHaveValue('Paris');
    seen.draft?.undoDiscard?.();
    await expect.element(input).toHaveValue('Lutetia');
  });

  it('After a save the form shows what was saved, until the row is loaded again', async () => {
    const { seen, input, load } = await openForm(paris, 4);
    await userEvent.fill(input, 'Lutetia');
    seen.draft?.markSaved({ submitted: seen.draft.values, version: 9 });
    await expect.poll(() => seen.draft?.isDirty).toBe(false);
    await expect.element(input).toHaveValue('Lutetia');
    expect(seen.draft?.version).toBe(9);
    // An answer from before the save.
    await load({ ...paris, region: 'old' }, 5);
    await expect.element(input).toHaveValue('Lutetia');
    await load({ ...paris, name: 'LUTETIA' }, 9);
    await expect.element(input).toHaveValue('LUTETIA');
  });

  it('A row that is older than the last one is ignored', async () => {
    const { seen, load } = await openForm({ ...paris, region: 'new' }, 8);
    await load(paris, 7);
    expect(seen.draft?.values.region).toBe('new');
    expect(seen.draft?.version).toBe(8);
  });

  it('Another row has another draft', async () => {
    const { input, load } = await openForm();
    await userEvent.fill(input, 'Lutetia');
    await load({ id: 2, name: 'Lyon', region: 'ARA' });
    await expect.element(input).toHaveValue('Lyon');
    await load(paris);
    await expect.element(input).toHaveValue('Lutetia');
  });

  it('A form without a record keeps what is typed, and stores nothing', async () => {
    const seen: NewCityProps['seen'] = {};
    const { screen } = await renderWithRowlock(<NewCity seen={seen} />);
    seen.draft?.setField('name', 'Ys');
    await expect.element(screen.getByRole('status')).toHaveTextContent('Ys');
    expect(sessionStorage.length).toBe(0);
  });
});
