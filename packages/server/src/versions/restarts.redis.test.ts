/** Versions over restarts of a real Redis: nothing is certain of what it may have lost, and versions rise. */
import { type StartRedisOptions, startRedis, until } from '@rowlock/test-utils';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ANN, BO, useVersions } from '../../test/fixtures/versionFixture.ts';

const { versionsOf } = useVersions();

/** Versions in a Redis of their own, of which one record has changed after the data was loaded. */
async function changedIn(options: StartRedisOptions) {
  const server = await startRedis(options);
  onTestFinished(() => server.stop());
  const opened = await versionsOf({ url: server.url });
  const { versions, redis, save } = opened;
  const loaded = await versions.current();
  return {
    ...opened,
    server,
    loaded,
    change: () => save(BO, 'cities/1'),
    async restart() {
      await server.kill();
      await server.restart();
      await until(() => redis.ping(), { what: 'Redis to answer again' });
    },
  };
}

const UNKNOWN: never[] = [];

describe('after a restart of Redis', () => {
  it('P16: a restart that lost all data makes all earlier versions uncertain, and versions rise', async () => {
    const { versions, tryWrite, loaded, change, restart } = await changedIn({});
    const saved = await change();
    await restart();
    expect(await tryWrite(ANN, loaded, 'cities/2')).toEqual(UNKNOWN);
    expect(await tryWrite(ANN, saved, 'cities/2')).toEqual(UNKNOWN);
    const now = await versions.current();
    expect(now).toBeGreaterThan(saved);
    expect(await tryWrite(ANN, now, 'cities/1')).toBe('fresh');
    const later = await change();
    expect(await tryWrite(ANN, now, 'cities/1')).toEqual([[later, 'cities/1']]);
  });

  it('P16: a restart with older data, which has lost a change, makes all earlier versions uncertain', async () => {
    const { versions, tryWrite, loaded, change, restart, redis } = await changedIn({
      args: ['--save', '3600 100000000'],
    });
    const kept = await change();
    await redis.save();
    const lost = await change();
    await restart();
    expect(await versions.current()).toBeGreaterThan(lost);
    for (const since of [loaded, kept, lost]) expect(await tryWrite(ANN, since, 'cities/1')).toEqual(UNKNOWN);
    expect(await tryWrite(ANN, await versions.current(), 'cities/1')).toBe('fresh');
  });

  it('P16: a restart that kept all data cannot know that, so earlier versions are uncertain', async () => {
    const { versions, tryWrite, loaded, change, restart } = await changedIn({ appendonly: 'always' });
    const saved = await change();
    await restart();
    expect(await tryWrite(ANN, loaded, 'cities/2')).toEqual(UNKNOWN);
    expect(await tryWrite(ANN, await versions.current(), 'cities/1')).toBe('fresh');
    expect(await change()).toBeGreaterThan(saved);
  });

  it('P16: versions rise while the clock goes back, also over a restart with older data', async () => {
    const { versions, tryWrite, loaded, change, restart, redis, server } = await changedIn({
      clock: 'adjustable',
      args: ['--save', '3600 100000000'],
    });
    server.jumpClock(-3_600_000);
    const saved = await change();
    expect(saved).toBeGreaterThan(loaded);
    await redis.save();
    const lost = await change();
    expect(lost).toBeGreaterThan(saved);
    await restart();
    const restarted = await versions.current();
    expect(restarted).toBeGreaterThan(lost);
    expect(Number.isSafeInteger(restarted)).toBe(true);
    expect(await tryWrite(ANN, lost, 'cities/1')).toEqual(UNKNOWN);
  });

  it('P16: a clock that jumps ahead, so that buckets lapse early, makes earlier versions uncertain', async () => {
    const { tryWrite, loaded, change, server } = await changedIn({ clock: 'adjustable' });
    const saved = await change();
    server.jumpClock(3 * 86_400_000);
    expect(await tryWrite(ANN, loaded, 'cities/2')).toEqual(UNKNOWN);
    expect(await tryWrite(ANN, saved, 'cities/1')).toBe('fresh');
  });
});

describe('a version that was never given out', () => {
  it('P16: a version that is higher or lower than all others is refused', async () => {
    const { versions, tryWrite } = await versionsOf();
    expect(await tryWrite(ANN, (await versions.current()) + 1, 'cities/1')).toEqual(UNKNOWN);
    expect(await tryWrite(ANN, 0, 'cities/1')).toEqual(UNKNOWN);
  });
});
