import { describe, expect, it, vi } from 'vitest';
import { noteLeftOut } from '../../core/leftOut.ts';
import { memoryStorage } from '../../testSupport/clientFixture.ts';
import { TrayMemory } from './trayMemory.ts';

const ids = (memory: TrayMemory) => memory.get().seen.map(({ id }) => id);

describe('the memory of the tray', () => {
  it('Tasks that were seen open survive a reload, with the rows that they left out', () => {
    const area = memoryStorage();
    noteLeftOut('a', ['cities/1']);
    const before = new TrayMemory(area);
    before.note(['a']);
    before.setOpen(false);
    const after = new TrayMemory(area);
    expect(after.get()).toEqual({
      seen: [{ id: 'a', leftOut: ['cities/1'], leftOutCount: 1 }],
      isOpen: false,
    });
  });

  it('A dismissed task stays away', () => {
    const area = memoryStorage();
    const memory = new TrayMemory(area);
    memory.note(['a', 'b']);
    memory.dismiss(['a']);
    expect(ids(memory)).toEqual(['b']);
    expect(ids(new TrayMemory(area))).toEqual(['b']);
  });

  it('The listeners hear of changes only', () => {
    const memory = new TrayMemory(null);
    const listener = vi.fn();
    memory.subscribe(listener);
    memory.note(['a']);
    memory.note(['a']);
    memory.dismiss(['unknown']);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it.each(['not JSON', '7', '{"seen":7}', '{"seen":[{}]}'])('A stored %s counts as nothing', (stored) => {
    const area = memoryStorage();
    area.setItem('rowlock.tray', stored);
    expect(ids(new TrayMemory(area))).toEqual([]);
  });
});
