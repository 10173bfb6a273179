import { setImmediate as turnLoop } from 'node:timers/promises';
import type { RecordKey } from '@rowlock/protocol';
import { describe, expect, it } from 'vitest';
import { deferred } from '../../../test/fixtures/deferred.ts';
import { runInSection, type SectionRequest } from './criticalSections.ts';

const toRequest = (records: string[], more: Partial<SectionRequest> = {}): SectionRequest => ({
  namespace: 'shop',
  records: records as RecordKey[],
  ...more,
});

/** Whether `second` starts while `first` still runs, both begun in one section. */
async function runBeside(first: SectionRequest, second: SectionRequest): Promise<boolean> {
  return runInSection(toRequest([]), async () => {
    const mayEnd = deferred<void>();
    let hasStarted = false;
    const one = runInSection(first, () => mayEnd.promise);
    const two = runInSection(second, async () => {
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

describe('two sections inside a section', () => {
  it.each<[string, boolean, SectionRequest, SectionRequest]>([
    ['on one record', false, toRequest(['cities/1', 'cities/2']), toRequest(['cities/2'])],
    ['on different records', true, toRequest(['cities/1']), toRequest(['cities/2'])],
    ['on a record and its resource', false, toRequest(['cities/1']), toRequest(['cities/*'])],
    ['on a resource and one of its records', false, toRequest(['cities/*']), toRequest(['cities/1'])],
    ['on a resource and a record of another', true, toRequest(['cities/*']), toRequest(['regions/1'])],
    [
      'that both share',
      true,
      toRequest(['cities/1'], { mode: 'shared' }),
      toRequest(['cities/1'], { mode: 'shared' }),
    ],
    ['of which one shares', false, toRequest(['cities/1'], { mode: 'shared' }), toRequest(['cities/1'])],
    [
      'of which one locks a subtree',
      false,
      toRequest(['countries/FR'], { scope: 'subtree' }),
      toRequest(['cities/1']),
    ],
    [
      'in different namespaces',
      true,
      toRequest(['cities/1']),
      toRequest(['cities/1'], { namespace: 'blog' }),
    ],
    [
      'of which one waits in the registry',
      true,
      toRequest(['cities/1'], { takesTurns: false }),
      toRequest(['cities/1']),
    ],
  ])('two sections %s run beside each other: %s', async (_, isBeside, first, second) => {
    expect(await runBeside(first, second)).toBe(isBeside);
  });
});

describe('a section', () => {
  it('a section does not wait for its outer section', async () => {
    const nested = runInSection(toRequest(['cities/1']), () =>
      runInSection(toRequest(['cities/1']), () => runInSection(toRequest(['cities/1']), async () => 'done')),
    );
    expect(await nested).toBe('done');
  });

  it('a section stops waiting for its turn when its signal aborts, and then blocks no other section', async () => {
    await runInSection(toRequest([]), async () => {
      const mayEnd = deferred<void>();
      const abort = new AbortController();
      const one = runInSection(toRequest(['cities/1']), () => mayEnd.promise);
      const two = runInSection(toRequest(['cities/1'], { signal: abort.signal }), async () => 'two');
      const three = runInSection(toRequest(['cities/1']), async () => 'three');
      abort.abort(new Error('enough'));
      await expect(two).rejects.toThrow('enough');
      mayEnd.resolve();
      await one;
      expect(await three).toBe('three');
    });
  });
});
