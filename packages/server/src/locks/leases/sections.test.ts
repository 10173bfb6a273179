import { setImmediate as turnLoop } from 'node:timers/promises';
import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../../test/fixtures/deferred.ts';
import { inSection, type SectionClaim } from './sections.ts';

const claimOf = (records: string[], more: Partial<SectionClaim> = {}): SectionClaim => ({
  namespace: 'shop',
  records: records as RecordKey[],
  ...more,
});

/** Whether `second` starts while `first` still runs, both begun in one section. */
async function runBeside(first: SectionClaim, second: SectionClaim): Promise<boolean> {
  return inSection(claimOf([]), async () => {
    const mayEnd = deferred<void>();
    let hasStarted = false;
    const one = inSection(first, () => mayEnd.promise);
    const two = inSection(second, async () => {
      hasStarted = true;
    });
    await turnLoop();
    const isBeside = hasStarted;
    mayEnd.resolve();
    await Promise.all([one, two]);
    expect(hasStarted).toBe(true);
    return isBeside;
  });
}

describe('two sections inside one', () => {
  it.each<[string, boolean, SectionClaim, SectionClaim]>([
    ['on one record', false, claimOf(['cities/1', 'cities/2']), claimOf(['cities/2'])],
    ['on different records', true, claimOf(['cities/1']), claimOf(['cities/2'])],
    ['on a record and its resource', false, claimOf(['cities/1']), claimOf(['cities/*'])],
    ['on a resource and one of its records', false, claimOf(['cities/*']), claimOf(['cities/1'])],
    ['on a resource and a record of another', true, claimOf(['cities/*']), claimOf(['regions/1'])],
    [
      'that both share',
      true,
      claimOf(['cities/1'], { mode: 'shared' }),
      claimOf(['cities/1'], { mode: 'shared' }),
    ],
    ['of which one shares', false, claimOf(['cities/1'], { mode: 'shared' }), claimOf(['cities/1'])],
    [
      'of which one locks a subtree',
      false,
      claimOf(['countries/FR'], { scope: 'subtree' }),
      claimOf(['cities/1']),
    ],
    ['in different namespaces', true, claimOf(['cities/1']), claimOf(['cities/1'], { namespace: 'blog' })],
    [
      'of which one waits in the registry',
      true,
      claimOf(['cities/1'], { takesTurns: false }),
      claimOf(['cities/1']),
    ],
  ])('%s run beside each other: %s', async (_, isBeside, first, second) => {
    expect(await runBeside(first, second)).toBe(isBeside);
  });
});

describe('a section', () => {
  it('does not wait for the one that it is inside of', async () => {
    const nested = inSection(claimOf(['cities/1']), () =>
      inSection(claimOf(['cities/1']), () => inSection(claimOf(['cities/1']), async () => 'done')),
    );
    expect(await nested).toBe('done');
  });

  it('gives up its turn when its signal aborts, and holds up nobody then', async () => {
    await inSection(claimOf([]), async () => {
      const mayEnd = deferred<void>();
      const abort = new AbortController();
      const one = inSection(claimOf(['cities/1']), () => mayEnd.promise);
      const two = inSection(claimOf(['cities/1'], { signal: abort.signal }), async () => 'two');
      const three = inSection(claimOf(['cities/1']), async () => 'three');
      abort.abort(new Error('enough'));
      await expect(two).rejects.toThrow('enough');
      mayEnd.resolve();
      await one;
      expect(await three).toBe('three');
    });
  });
});
