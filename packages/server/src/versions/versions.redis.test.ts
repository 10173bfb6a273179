/** Versions in a real Redis: they rise, find changes by somebody else, and their memory is bounded. */
import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { cities, errorOf } from '../../test/fixtures/lockFixture.ts';
import { ANN, BO, useVersions } from '../../test/fixtures/versionFixture.ts';

const { versionsOf } = useVersions();

describe('versions', () => {
  it('P16: a write on old data is refused with its changes, and a write on new data passes', async () => {
    const { versions, save, tryWrite } = await versionsOf();
    const loaded = await versions.current();
    expect(await tryWrite(ANN, loaded, 'cities/1')).toBe('fresh');
    const saved = await save(BO, 'cities/1', 'cities/2');
    expect(saved).toBeGreaterThan(loaded);
    expect(await versions.current()).toBe(saved);
    expect(await tryWrite(ANN, loaded, 'cities/1', 'cities/3')).toEqual([[saved, 'cities/1']]);
    expect(await tryWrite(ANN, loaded, 'cities/3')).toBe('fresh');
    expect(await tryWrite(ANN, saved, 'cities/1')).toBe('fresh');
    const error = await errorOf(versions.assertFresh(['cities/1'], loaded, { by: 'tab', actorId: 'ann' }));
    expect(error).toMatchObject({
      code: 'stale',
      version: saved,
      message: expect.stringContaining('cities/1 has changed since the data was loaded by Bo'),
      changes: [
        { by: 'tab-of-bo', actor: { name: 'Bo' }, how: 'write', at: expect.any(Number), recordCount: 1 },
      ],
    });
  });

  it("P16: own changes pass until somebody else's change comes between", async () => {
    const { versions, save, tryWrite } = await versionsOf();
    const loaded = await versions.current();
    await save(ANN, 'cities/1');
    await save(ANN, 'cities/1');
    expect(await tryWrite(ANN, loaded, 'cities/1')).toBe('fresh');
    const between = await save(BO, 'cities/1');
    await save(ANN, 'cities/1');
    await save(ANN, 'cities/1');
    expect(await tryWrite(ANN, loaded, 'cities/1')).toEqual([[between, 'cities/1']]);
    expect(await tryWrite(ANN, between, 'cities/1')).toBe('fresh');
    expect(await tryWrite(BO, between, 'cities/1')).not.toBe('fresh');
  });

  it('P16: a change of a whole resource, or of all below a record, counts for each of its records', async () => {
    const { versions, store, save, tryWrite, redis, keys } = await versionsOf();
    const loaded = await versions.current();
    await save(BO, 'cities/*');
    expect(await tryWrite(ANN, loaded, 'cities/FR-11-7')).not.toBe('fresh');
    expect(await tryWrite(ANN, loaded, 'regions/FR-11')).toBe('fresh');
    expect((await redis.hkeys(`${keys.prefix}changed:1`)).sort()).toEqual(['^cities/*']);
    const after = await versions.current();
    expect(await tryWrite(ANN, after, 'cities/FR-11-7')).toBe('fresh');
    expect((await store.changesSince(after, new Map([['cities/1', ['cities/1']]]))).changed.size).toBe(0);
  });

  it('versions rise with every change, and readers of the change log get the records in chunks', async () => {
    const { versions, save, log } = await versionsOf();
    const first = await save(ANN, 'cities/1', 'regions/2');
    const second = await save(ANN, 'cities/1');
    expect(second).toBeGreaterThan(first);
    const large = await versions.changed(cities(0, 4_500), { by: 'import' });
    const changed = (await log()).filter((entry) => entry.kind === 'changed');
    const sizes = changed.map(({ version, chunk }) => [version, chunk.split('\n').length - 1]);
    expect(sizes).toEqual([
      [first, 1],
      [first, 1],
      [second, 1],
      [large, 2_000],
      [large, 2_000],
      [large, 500],
    ]);
    expect(changed[0]).toMatchObject({ by: 'tab-of-ann', actor: ANN.actor, how: 'write' });
    expect(changed.at(-1)).toMatchObject({ by: 'import', how: 'application' });
    expect(changed.at(-1)).not.toHaveProperty('actor');
  });

  it('a change of more than 10,000 records is stored in parts, and its version covers all of them', async () => {
    const { versions, tryWrite } = await versionsOf();
    const loaded = await versions.current();
    const version = await versions.changed(cities(0, 25_000));
    expect(await tryWrite(ANN, version, 'cities/1', 'cities/24999')).toBe('fresh');
    expect(await tryWrite(ANN, loaded, 'cities/1', 'cities/24999')).toHaveLength(2);
  });

  it('a change refuses malformed records, and stores nothing for none', async () => {
    const { versions, keyNames } = await versionsOf();
    expect(await errorOf(versions.changed(['cities' as RecordKey]))).toMatchObject({ code: 'bad_request' });
    await versions.changed([]);
    expect((await keyNames()).filter((name) => name.startsWith('change'))).toEqual([]);
  });
});

describe('the memory of changes', () => {
  it('P16: a full memory forgets the oldest changes, and then refuses writes on data from before', async () => {
    const { versions, save, tryWrite } = await versionsOf({ memory: { maxRecords: 40 } });
    const loaded = await versions.current();
    const first = await save(BO, 'cities/1');
    for (let i = 2; i <= 31; i++) await save(BO, `cities/${i}`);
    expect(await tryWrite(ANN, loaded, 'cities/99')).toBe('fresh');
    for (let i = 32; i <= 45; i++) await save(BO, `cities/${i}`);
    expect(await tryWrite(ANN, loaded, 'cities/99')).toEqual([]);
    expect(await tryWrite(ANN, first, 'cities/99')).toEqual([]);
    expect(await tryWrite(ANN, await versions.current(), 'cities/1')).toBe('fresh');
  });

  it('the memory is bounded if one record changes again and again', async () => {
    const { save, redis, keys } = await versionsOf({ memory: { maxRecords: 40 } });
    for (let i = 0; i < 200; i++) await save(BO, 'cities/1');
    let descriptions = 0;
    for (const slot of [0, 1, 2, 3]) descriptions += await redis.hlen(`${keys.prefix}changes:${slot}`);
    expect(descriptions).toBeLessThanOrEqual(40);
  });

  it('a bucket lives for a third longer than the memory, and is followed by the next after a third', async () => {
    const { save, redis, keys } = await versionsOf({ memory: { keepMs: 30_000 } });
    await save(BO, 'cities/1');
    for (const name of ['changed:1', 'changes:1']) {
      const livesMs = await redis.pttl(keys.prefix + name);
      expect(livesMs).toBeGreaterThan(38_000);
      expect(livesMs).toBeLessThanOrEqual(40_000);
    }
    await redis.hincrby(`${keys.prefix}versions`, 'beganMs', -10_000);
    await save(BO, 'cities/2');
    expect(await redis.hkeys(`${keys.prefix}changed:2`)).toEqual(['cities/2']);
  });

  it.each(['expired', 'was evicted'])(
    'P16: a bucket that %s makes all earlier versions uncertain',
    async () => {
      const { versions, save, tryWrite, redis, keys } = await versionsOf();
      const loaded = await versions.current();
      const saved = await save(BO, 'cities/1');
      await redis.del(`${keys.prefix}changed:1`, `${keys.prefix}changes:1`);
      expect(await tryWrite(ANN, loaded, 'cities/2')).toEqual([]);
      expect(await tryWrite(ANN, saved, 'cities/1')).toBe('fresh');
      const later = await save(BO, 'cities/1');
      expect(await tryWrite(ANN, loaded, 'cities/2')).toEqual([]);
      expect(await tryWrite(ANN, saved, 'cities/1')).toEqual([[later, 'cities/1']]);
    },
  );

  it('P16: a change without its description counts as that of somebody else', async () => {
    const { versions, save, tryWrite, redis, keys } = await versionsOf();
    const loaded = await versions.current();
    const saved = await save(ANN, 'cities/1');
    await redis.del(`${keys.prefix}changes:1`);
    expect(await tryWrite(ANN, loaded, 'cities/1')).toEqual([[saved, 'cities/1']]);
  });

  it('the settings belong to the namespace, until a process gives others', async () => {
    const namespace = 'settings';
    const { keys, redis, save } = await versionsOf({ namespace, memory: { keepMs: 60_000 } });
    await save(ANN, 'cities/1');
    const other = await versionsOf({ namespace });
    await other.versions.current();
    expect(await redis.hget(`${keys.prefix}versions`, 'keepMs')).toBe('60000');
    const third = await versionsOf({ namespace, memory: { keepMs: 90_000 } });
    await third.versions.current();
    expect(await redis.hget(`${keys.prefix}versions`, 'keepMs')).toBe('90000');
  });

  it.each([{ keepMs: 0 }, { keepMs: 1.5 }, { maxRecords: 0 }, { maxRecords: 1.5 }])(
    'the settings %o are refused',
    async (memory) => {
      await expect(versionsOf({ memory })).rejects.toThrow(TypeError);
    },
  );
});
