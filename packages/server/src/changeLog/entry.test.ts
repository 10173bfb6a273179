import { describe, expect, it } from 'vitest';
import { comparePositions, readEntry } from './entry.ts';

describe('the change log', () => {
  it('orders positions by number, not by text', () => {
    expect(comparePositions('9-0', '10-0')).toBeLessThan(0);
    expect(comparePositions('10-9', '10-10')).toBeLessThan(0);
    expect(comparePositions('10-1', '10-1')).toBe(0);
  });

  it('a packed entry reads like an entry with a field for each value', () => {
    const values = ['kind', 'task', 'task', 'a1', 'state', 'running', 'event', 'started', 'version', '2'];

    expect(readEntry(['1-0', ['e', values.join('\u001f')]])).toEqual(readEntry(['1-0', values]));
    expect(readEntry(['1-0', values])).toMatchObject({ kind: 'task', taskId: 'a1', version: 2 });
  });

  it('a reader of the change log skips an entry of an unknown kind', () => {
    expect(readEntry(['1-0', ['kind', 'rearranged', 'lease', '7']])).toBeUndefined();
  });
});
