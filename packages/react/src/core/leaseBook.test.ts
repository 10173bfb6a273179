import { expect, it } from 'vitest';
import { paris } from '../testSupport/clientFixture.ts';
import { LeaseBook } from './leaseBook.ts';
import { createLeaseStorage } from './leaseStorage.ts';
import { toWish } from './leaseWish.ts';
import { noOwnership } from './pageOwnership.ts';

it('A lease that was released lately is still known as the own one, but not after 200 later ones', () => {
  const ended: string[] = [];
  const book = new LeaseBook({
    storage: createLeaseStorage('test', undefined, noOwnership),
    onChanged: () => {},
    onEnded: (id) => ended.push(id),
  });
  const hold = (id: string) => {
    const lease = book.getOrCreate(toWish([paris]));
    book.noteHeld(lease, { id, secret: 'secret', fence: id, ttlMs: 15_000, recordCount: 1 });
    return lease;
  };
  book.noteReleased(hold('1'));
  expect(book.isOurs('1')).toBe(true);
  for (let id = 2; id <= 201; id++) book.noteReleased(hold(String(id)));
  expect(book.isOurs('1')).toBe(false);
  expect(book.isOurs('2')).toBe(true);
  hold('202');
  expect(book.isOurs('202')).toBe(true);
  expect(ended).toHaveLength(201);
});
