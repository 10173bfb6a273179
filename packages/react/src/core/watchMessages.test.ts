import type { RecordKey } from '@rowlock/protocol';
import { expect, it } from 'vitest';
import { buildWatchMessage, isListKey, listKeyOf, noKeys, planUnwatch, planWatch } from './watchMessages.ts';

const records = (count: number) => Array.from({ length: count }, (_, index): RecordKey => `cities/${index}`);
const ids = (count: number) => Array.from({ length: count }, (_, index) => `t${index}`);
const ENOUGH_BYTES = 1_000_000;

const counts = (parts: ReturnType<typeof planWatch>) =>
  parts.map((part) => [part.records.length, part.tasks.some(isListKey) ? 'list' : part.tasks.length]);

it('The first records and the first tasks are watched by one message, and the rest by messages of their own', () => {
  expect(counts(planWatch({ ...noKeys(), records: records(2_500), tasks: ids(450) }, ENOUGH_BYTES))).toEqual([
    [1_000, 200],
    [1_000, 0],
    [500, 0],
    [0, 200],
    [0, 50],
  ]);
});

it('Each list of tasks is watched and unwatched by a message of its own', () => {
  const tasks = ['t1', listKeyOf({}), listKeyOf({ states: ['failed'] })];
  const keys = { ...noKeys(), records: records(1), tasks };
  expect(counts(planWatch(keys, ENOUGH_BYTES))).toEqual([
    [1, 1],
    [0, 'list'],
    [0, 'list'],
  ]);
  expect(counts(planUnwatch(keys, ENOUGH_BYTES))).toEqual([
    [1, 0],
    [0, 1],
    [0, 'list'],
    [0, 'list'],
  ]);
});

it('A message takes fewer records if their keys are long', () => {
  const long = records(10).map((key): RecordKey => `${key}${'x'.repeat(1_000)}`);
  expect(counts(planWatch({ ...noKeys(), records: long }, 20_000))).toEqual([
    [3, 0],
    [3, 0],
    [3, 0],
    [1, 0],
  ]);
});

it('Nothing is sent if nothing is watched', () => {
  expect(planWatch(noKeys(), ENOUGH_BYTES)).toEqual([]);
  expect(planUnwatch(noKeys(), ENOUGH_BYTES)).toEqual([]);
});

it('The message of a list carries its filter', () => {
  const list = listKeyOf({ tags: ['FR'], states: ['failed'] });
  expect(buildWatchMessage({ ...noKeys(), tasks: [list] })).toEqual({
    records: [],
    tasks: { states: ['failed'], tags: ['FR'] },
  });
});
