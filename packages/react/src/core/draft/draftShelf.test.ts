import { describe, expect, it, vi } from 'vitest';
import { createTurnableClock } from '../../testing/turnableClock.ts';
import type { DraftArea } from './draftArea.ts';
import { DraftShelf } from './draftShelf.ts';
import type { AnyEdits } from './edits.ts';
import { listDrafts } from './listDrafts.ts';

const edits = (mine: string): AnyEdits => ({ name: { mine, base: 'Paris' } });

function storageArea(): DraftArea & { content: Map<string, string> } {
  const content = new Map<string, string>();
  return {
    content,
    get length() {
      return content.size;
    },
    key: (index) => [...content.keys()][index] ?? null,
    getItem: (name) => content.get(name) ?? null,
    setItem: (name, value) => void content.set(name, value),
    removeItem: (name) => void content.delete(name),
  };
}

describe('the drafts of a tab', () => {
  it('A draft survives a reload', () => {
    const area = storageArea();
    new DraftShelf(area).setEdits('ann', 'cities/1', edits('Lutetia'), true);
    expect(new DraftShelf(area).get('ann', 'cities/1')).toMatchObject({
      edits: edits('Lutetia'),
      isDirty: true,
    });
  });

  it('Each user has drafts of their own, whatever their ids contain', () => {
    const shelf = new DraftShelf(storageArea());
    shelf.setEdits('a', 'cities/1', edits('A'), true);
    shelf.setEdits('a/cities', 'cities/2', edits('B'), true);
    expect(shelf.get('bo', 'cities/1').edits).toEqual({});
    expect(shelf.list('a', 'cities')).toEqual(['cities/1']);
    expect(shelf.list('a/cities', 'cities')).toEqual(['cities/2']);
  });

  it('A draft that changes nothing is not stored', () => {
    const area = storageArea();
    const shelf = new DraftShelf(area);
    shelf.setEdits('ann', 'cities/1', edits('Lutetia'), true);
    shelf.setEdits('ann', 'cities/1', edits('Paris '), false);
    expect(area.content.size).toBe(0);
    expect(shelf.get('ann', 'cities/1').edits).toEqual(edits('Paris '));
    expect(shelf.list('ann', 'cities')).toEqual([]);
  });

  it('Values typed before the user is known are not stored, and then become theirs', () => {
    const area = storageArea();
    new DraftShelf(area).setEdits('ann', 'cities/1', { notes: { mine: 'Old', base: '' } }, true);
    const before = area.content.get([...area.content.keys()][0]!);
    const shelf = new DraftShelf(area);
    shelf.setEdits(undefined, 'cities/1', edits('Lutetia'), true);
    expect([...area.content.values()]).toEqual([before]);
    expect(shelf.get(undefined, 'cities/1').edits).toEqual(edits('Lutetia'));
    shelf.adopt('ann', 'cities/1');
    expect(shelf.get('ann', 'cities/1').edits).toEqual({
      ...edits('Lutetia'),
      notes: { mine: 'Old', base: '' },
    });
    expect(shelf.get(undefined, 'cities/1').edits).toEqual({});
    expect(area.content.size).toBe(1);
  });

  it('A discarded draft comes back, until something else is typed', () => {
    const area = storageArea();
    const shelf = new DraftShelf(area);
    shelf.setEdits('ann', 'cities/1', edits('Lutetia'), true);
    shelf.discard('ann', 'cities/1');
    expect(shelf.get('ann', 'cities/1').edits).toEqual({});
    expect(area.content.size).toBe(0);
    shelf.undoDiscard('ann', 'cities/1');
    expect(shelf.get('ann', 'cities/1').edits).toEqual(edits('Lutetia'));
    expect(area.content.size).toBe(1);
    shelf.discard('ann', 'cities/1');
    shelf.setEdits('ann', 'cities/1', edits('Paname'), true);
    expect(shelf.get('ann', 'cities/1').discarded).toBeUndefined();
  });

  it('The drafts that were changed longest ago are forgotten', () => {
    const area = storageArea();
    const clock = createTurnableClock();
    const shelf = new DraftShelf(area, clock);
    for (let id = 0; id < 60; id++) {
      clock.sleep(1);
      shelf.setEdits('ann', `cities/${id}`, edits('x'), true);
    }
    expect(area.content.size).toBe(50);
    expect(shelf.get('ann', 'cities/9').edits).toEqual({});
    expect(shelf.get('ann', 'cities/10').edits).toEqual(edits('x'));
  });

  it('Saves of other rows make no draft forgotten', () => {
    const clock = createTurnableClock();
    const shelf = new DraftShelf(undefined, clock);
    shelf.setEdits('ann', 'cities/1', edits('Lutetia'), true);
    for (let id = 2; id < 80; id++) {
      clock.sleep(1);
      shelf.noteSaved('ann', `cities/${id}`, { row: {}, version: id, over: {} }, {});
    }
    expect(shelf.list('ann', 'cities')).toEqual(['cities/1']);
    expect(shelf.get('ann', 'cities/79').saved?.version).toBe(79);
  });

  it('A listener is called at each change, and the list is the same array while it has the same rows', () => {
    const shelf = new DraftShelf(undefined);
    const listener = vi.fn();
    const stop = shelf.subscribe(listener);
    shelf.setEdits('ann', 'cities/1', edits('A'), true);
    const list = shelf.list('ann', 'cities');
    shelf.setEdits('ann', 'cities/1', edits('AB'), true);
    shelf.setEdits('ann', 'countries/1', edits('AB'), true);
    expect(shelf.list('ann', 'cities')).toBe(list);
    expect(listener).toHaveBeenCalledTimes(3);
    stop();
    shelf.discard('ann', 'cities/1');
    expect(listener).toHaveBeenCalledTimes(3);
  });

  it('A storage that is full or garbled loses nothing of this page', () => {
    const area = storageArea();
    area.content.set('rowlock.draft/ann/cities/1', '{"edits":7}');
    area.content.set('rowlock.draft/ann/cities/2', 'not JSON');
    area.content.set('other', 'x');
    const full = { ...area, length: 3, setItem: () => fail(), removeItem: () => fail() };
    const shelf = new DraftShelf(full);
    expect(shelf.list('ann', 'cities')).toEqual([]);
    shelf.setEdits('ann', 'cities/1', edits('Lutetia'), true);
    expect(shelf.get('ann', 'cities/1').edits).toEqual(edits('Lutetia'));
  });

  it('The rows with drafts can be listed without React', () => {
    const storage = storageArea();
    new DraftShelf(storage).setEdits('ann', 'cities/1', edits('Lutetia'), true);
    expect(listDrafts('cities', { userId: 'ann', storage })).toEqual(['cities/1']);
    expect(listDrafts('cities', { userId: 'bo', storage })).toEqual([]);
  });
});

function fail(): never {
  throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
}
