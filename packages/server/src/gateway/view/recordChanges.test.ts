import { describe, expect, it } from 'vitest';
import { RecordChanges } from './recordChanges.ts';

const change = (version: number) => ({ version, by: 'tab', how: 'write', at: 0 }) as const;

describe('changes of watched records', () => {
  it('changes of records are grouped by version, newest first, each record by its newest', () => {
    const changes = new RecordChanges();
    changes.note(['cities/1', 'cities/2', 'cities/3'], change(5));
    changes.note(['cities/2'], change(7));
    expect(changes.of(['cities/1', 'cities/2', 'cities/3', 'cities/4'])).toEqual([
      { ...change(7), recordCount: 1, records: ['cities/2'] },
      { ...change(5), recordCount: 2, records: ['cities/1', 'cities/3'] },
    ]);
    expect(changes.version).toBe(7);
  });

  it('an older change of a record is no news', () => {
    const changes = new RecordChanges();
    expect(changes.note(['cities/1'], change(7))).toEqual(['cities/1']);
    expect(changes.note(['cities/1', 'cities/2'], change(5))).toEqual(['cities/2']);
    expect(changes.note(['cities/1'], change(7))).toEqual([]);
    expect(changes.version).toBe(7);
  });

  it('a record that nobody watches any longer has no change', () => {
    const changes = new RecordChanges();
    changes.note(['cities/1'], change(5));
    changes.remove('cities/1');
    expect(changes.of(['cities/1'])).toEqual([]);
  });
});
