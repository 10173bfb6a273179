import { describe, expect, it } from 'vitest';
import { Relation } from './relation.ts';

function watchers() {
  const relation = new Relation<string, string>();
  relation.add('cities/1', 'ann');
  relation.add('cities/1', 'bo');
  relation.add('cities/2', 'ann');
  return relation;
}

describe('a relation', () => {
  it('a relation finds its pairs from both sides', () => {
    const relation = watchers();
    expect([...relation.of('cities/1')]).toEqual(['ann', 'bo']);
    expect([...relation.with('ann')]).toEqual(['cities/1', 'cities/2']);
    expect(relation.has('cities/2', 'bo')).toBe(false);
  });

  it('a relation keeps one pair of two that are equal', () => {
    const relation = watchers();
    relation.add('cities/1', 'ann');
    relation.remove('cities/1', 'ann');
    expect([...relation.of('cities/1')]).toEqual(['bo']);
  });

  it('a relation forgets a side with its last pair', () => {
    const relation = watchers();
    relation.remove('cities/2', 'ann');
    expect(relation.lefts()).toEqual(['cities/1']);
    expect(relation.leftCount).toBe(1);
    expect([...relation.of('cities/2')]).toEqual([]);
  });

  it('a relation ignores the removal of a pair that it does not have', () => {
    const relation = watchers();
    relation.remove('cities/2', 'bo');
    expect([...relation.of('cities/2')]).toEqual(['ann']);
    expect([...relation.with('bo')]).toEqual(['cities/1']);
  });
});
