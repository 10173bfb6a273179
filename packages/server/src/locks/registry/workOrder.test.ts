import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { followedOrder, lastPlaceOf, readWorkOrder } from './workOrder.ts';

const chunk = (...ids: number[]) => ['cities', ...ids].join('\n');
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('the order in which a task works', () => {
  it('a record keeps its place when it and others are released', () => {
    const { placeOf, released } = readWorkOrder([chunk(5, 3), '@\ncities/*', `-${chunk(5)}`, chunk(9)]);
    expect([...placeOf]).toEqual([
      ['cities/5', 0],
      ['cities/3', 1],
      ['cities/9', 2],
    ]);
    expect([...released]).toEqual<RecordKey[]>(['cities/5']);
  });

  it('a task that releases its first records, apart from failed ones, follows the order', () => {
    const order = readWorkOrder([chunk(...range(500)), `-${chunk(...range(100).filter((i) => i % 10 > 0))}`]);
    expect(followedOrder(order, 10)).toBe(order);
  });

  it('a task that begins with the last record does not follow the order', () => {
    const order = readWorkOrder([chunk(...range(500)), `-${chunk(499)}`]);
    expect(followedOrder(order, 0)).toBeUndefined();
  });

  it('a waiting lease waits for the last of its records that is not released yet', () => {
    const order = readWorkOrder([chunk(1, 2, 3, 4), `-${chunk(4)}`]);
    expect(lastPlaceOf(readWorkOrder([chunk(3, 4, 7, 1)]), order)).toBe(2);
    expect(lastPlaceOf(readWorkOrder([chunk(7)]), order)).toBeUndefined();
  });
});
