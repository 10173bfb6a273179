import { describe, expect, it } from 'vitest';
import { deferred } from '../../test/fixtures/deferred.ts';
import { handClock } from '../../test/fixtures/handClock.ts';
import { createCertainty } from './certainty.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A certainty whose loads the test ends by hand, and everything that it has said. */
function certaintyAlone() {
  const clock = handClock();
  const loads: ReturnType<typeof deferred<void>>[] = [];
  const said: (boolean | 'loaded')[] = [];
  const certainty = createCertainty({
    clock,
    load() {
      const load = deferred<void>();
      loads.push(load);
      return load.promise;
    },
    onChange: (isCertain) => said.push(isCertain),
    onLoaded: () => said.push('loaded'),
  });
  return { clock, loads, said, certainty };
}

/** Certain, as a gateway is after its start. */
async function certain() {
  const alone = certaintyAlone();
  const load = alone.certainty.reload();
  alone.loads[0]!.resolve();
  await load;
  alone.said.length = 0;
  return alone;
}

describe('the certainty of a gateway', () => {
  it('P9: a gateway is certain when its first load has ended, and not before', async () => {
    const { certainty, loads, said } = certaintyAlone();
    const load = certainty.reload();
    expect(certainty.isCertain()).toBe(false);
    loads[0]!.resolve();
    await load;
    expect(certainty.isCertain()).toBe(true);
    expect(said).toEqual([true, 'loaded']);
  });

  it('P9: a gateway is not certain before the newest load after a gap ends, even if an earlier load ends', async () => {
    const { certainty, loads, said } = certaintyAlone();
    const first = certainty.reload();
    certainty.noteLost();
    const second = certainty.reload();
    loads[0]!.resolve();
    await first;
    expect(said).toEqual([]);
    loads[1]!.resolve();
    await second;
    expect(said).toEqual([true, 'loaded']);
  });

  it('P9: a gateway that loses Redis during a load is not certain afterwards', async () => {
    const { certainty, loads } = certaintyAlone();
    const load = certainty.reload();
    certainty.noteLost();
    loads[0]!.resolve();
    await load;
    expect(certainty.isCertain()).toBe(false);
  });

  it('P9: a gateway is certain again after Redis accepts writes again and everything was loaded', async () => {
    const { certainty, loads, said } = await certain();
    certainty.noteWritable(false);
    expect(said).toEqual([false]);
    certainty.noteWritable(true);
    expect(certainty.isCertain()).toBe(false);
    loads[1]!.resolve();
    await settled();
    expect(said).toEqual([false, true, 'loaded']);
  });

  it('a gateway that is certain loads nothing if Redis accepts writes as before', async () => {
    const { certainty, loads } = await certain();
    certainty.noteWritable(true);
    expect(loads).toHaveLength(1);
  });

  it('a gateway whose load fails after Redis refused writes loads again 500 ms later', async () => {
    const { certainty, clock, loads } = await certain();
    certainty.noteWritable(false);
    certainty.noteWritable(true);
    loads[1]!.reject(new Error('Redis is away'));
    await settled();
    clock.turn(499);
    expect(loads).toHaveLength(2);
    clock.turn(1);
    expect(loads).toHaveLength(3);
    loads[2]!.resolve();
    await settled();
    expect(certainty.isCertain()).toBe(true);
  });
});
