import { describe, expect, it } from 'vitest';
import { assertMessageName, assertRecordCount, costOf, parseMessage } from './readMessage.ts';

const records = (count: number) => Array.from({ length: count }, (_, i) => `cities/${i}`);

describe('the cost of a message', () => {
  it.each([
    [undefined, 1],
    [{}, 1],
    [{ records: 'cities/1' }, 1],
    [{ records: records(99) }, 1],
    [{ records: records(100) }, 2],
    [{ records: records(1_000) }, 11],
  ])('a message counts once, and once more for each 100 records', (payload, cost) => {
    expect(costOf(payload, { watchedRecords: 5_000 })).toBe(cost);
  });

  it('a message with a cost of its own counts that much more', () => {
    expect(costOf({}, { watchedRecords: 5_000 }, 10)).toBe(10);
    expect(costOf({ records: records(100) }, { watchedRecords: 5_000 }, 10)).toBe(11);
  });

  it('a list that is too long costs no more than the longest that is allowed', () => {
    expect(costOf({ records: records(10_000) }, { watchedRecords: 5_000 })).toBe(51);
  });
});

const NOTHING = { records: [], resources: [], tasks: [], presence: [] };

describe('the checks of a message', () => {
  it.each(['watch2', '__proto__', 'toString', ''])('a message with the name "%s" is refused', (name) => {
    expect(() => assertMessageName(name)).toThrow(/is unknown\. Use one of: watch, unwatch/);
  });

  it('a message is refused by the number of its records, before they are parsed', () => {
    expect(() => assertRecordCount('acquire', { records: records(3) }, 3)).not.toThrow();
    expect(() => assertRecordCount('acquire', { records: [1, 2, 3, 4] }, 3)).toThrow(
      '"acquire" named 4 records; a tab may name at most 3.',
    );
  });

  it('a message without a payload is an empty one', () => {
    expect(parseMessage('watch', undefined)).toEqual(NOTHING);
    expect(parseMessage('unwatch', null)).toEqual(NOTHING);
  });

  it('a message with an unknown field is refused', () => {
    expect(() => parseMessage('watch', { records: [], extra: 1 })).toThrow(/is malformed/);
  });
});
