import { expect, test } from 'vitest';
import { isConcerned, lockedRecords, PAGE_ROWS, pageOf, TABLE } from './table.ts';

test('pageOf returns 25 records, and each page once before the first one again', () => {
  expect(pageOf(0, TABLE)).toHaveLength(PAGE_ROWS);
  expect(pageOf(0, TABLE)[0]).toBe('cities/2000000');
  expect(pageOf(1, TABLE)[0]).toBe('cities/2010025');
  expect(pageOf(500, TABLE)).toEqual(pageOf(0, TABLE));
  const firstRows = Array.from({ length: 500 }, (_, screen) => pageOf(screen, TABLE)[0]);
  expect(new Set(firstRows).size).toBe(500);
});

test('a screen is concerned if and only if the bulk lock covers its whole page', () => {
  const locked = new Set(lockedRecords(TABLE));
  expect(locked.size).toBe(10_000);
  const screens = Array.from({ length: 100 }, (_, screen) => screen);
  for (const screen of screens) {
    const covered = pageOf(screen, TABLE).filter((key) => locked.has(key)).length;
    expect(covered).toBe(isConcerned(screen, TABLE) ? PAGE_ROWS : 0);
  }
  expect(screens.filter((screen) => isConcerned(screen, TABLE))).toHaveLength(80);
});
