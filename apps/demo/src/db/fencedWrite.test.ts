import { FencedOffError } from '@rowlock/server/sql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadGazetteer } from '../import/loadGazetteer.ts';
import { fewSources, openTestDatabase, type TestDatabase } from '../testing/startGazetteer.ts';
import { writeBatch } from './fencedWrite.ts';
import { findCity, resolveSelection } from './readCities.ts';
import { saveCity } from './saveCity.ts';

let database: TestDatabase;
let ids: number[];
beforeEach(async () => {
  database = await openTestDatabase();
  await loadGazetteer(database.db, { readSources: fewSources, report() {} });
  ids = await resolveSelection(database.db, { filter: { country: 'MC' } });
});
afterEach(() => database.close());

const double = (fence: string, taskId: string) =>
  writeBatch(database.db, {
    ids,
    fence,
    taskId,
    actorName: 'Ann Lee',
    now: 1_000,
    change: ({ population }) => ({ population: population * 2 }),
  });
const getPopulation = async (id: number) => (await findCity(database.db, id))!.population;

describe('a batch of a task', () => {
  it('a batch changes each row once, also when the run restarts after its worker was killed', async () => {
    const before = await getPopulation(ids[0]!);
    expect(await double('100', 'task-1')).toBe(ids.length);
    expect(await double('101', 'task-1')).toBe(0);
    expect(await getPopulation(ids[0]!)).toBe(before * 2);
    expect(await double('102', 'task-2')).toBe(ids.length);
    expect(await getPopulation(ids[0]!)).toBe(before * 4);
  });

  it('a batch is refused as a whole if a later lease has written one of its rows', async () => {
    const before = await getPopulation(ids[0]!);
    const last = (await findCity(database.db, ids.at(-1)!))!;
    const { name, regionId, population, lat, lon } = last;
    const saved = await saveCity(
      database.db,
      last.id,
      { name, regionId, population, lat, lon, notes: 'later' },
      { name: 'Bo Novak', fence: '200', now: 1_000 },
    );
    expect(saved.kind).toBe('saved');
    await expect(double('100', 'task-1')).rejects.toThrow(FencedOffError);
    expect(await getPopulation(ids[0]!)).toBe(before);
  });

  it('fences of any size are compared as numbers', async () => {
    await double('9', 'task-1');
    await double('1882708864364203', 'task-2');
    await expect(double('999', 'task-3')).rejects.toThrow(FencedOffError);
    await expect(double('1882708864364202', 'task-4')).rejects.toThrow(FencedOffError);
  });
});
