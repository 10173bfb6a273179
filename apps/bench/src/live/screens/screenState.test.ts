import type { RecordKey } from '@rowlock/server';
import { expect, test } from 'vitest';
import { type ChangesMessage, ScreenState } from './screenState.ts';

const OWN: RecordKey[] = ['cities/1', 'cities/2'];
const message = (records: ChangesMessage['records']): ChangesMessage => ({
  ...{ position: '1-0', leases: [], tasks: [] },
  records,
});

test('a screen shows its rows as locked when all of them are', () => {
  const screen = new ScreenState(OWN);
  expect(screen.shown).toBe('free');
  screen.apply(message({ 'cities/1': ['7'] }), 10);
  expect(screen.shown).toBeUndefined();
  screen.apply(message({ 'cities/2': ['7'] }), 20);
  expect([screen.shown, screen.shownAtMs, screen.changes]).toEqual(['locked', 20, 2]);
  screen.apply(message({ 'cities/1': [], 'cities/2': [] }), 30);
  expect([screen.shown, screen.shownAtMs]).toEqual(['free', 30]);
});

test('a screen counts messages that name a record of another page', () => {
  const screen = new ScreenState(OWN);
  screen.apply(message({ 'cities/1': ['7'], 'cities/3': ['7'] }), 10);
  expect([screen.foreign, screen.changes]).toEqual([1, 1]);
  screen.restart();
  expect([screen.foreign, screen.changes]).toEqual([0, 0]);
});

test('a screen notes when progress arrives, which is not a change of records', () => {
  const screen = new ScreenState(OWN);
  screen.apply({ ...message({}), tasks: [{ id: 't', progress: { done: 3 } }] }, 10);
  expect(screen.arrivals).toEqual([{ atMs: 10, taskId: 't', done: 3 }]);
  expect(screen.changes).toBe(0);
});
