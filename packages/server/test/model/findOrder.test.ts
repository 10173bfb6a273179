import { describe, expect, it } from 'vitest';
import type { Answer, Call } from './calls.ts';
import { findOrders } from './findOrder.ts';
import { emptyRegistry } from './modelLeases.ts';
import { viewOf } from './modelView.ts';
import { applyTo } from './registryModel.ts';

const requestOf = (as: string): Call => ({
  ...{ verb: 'acquire', as, holder: 0, records: ['cities/1'] },
  ...{ mode: 'exclusive', scope: 'record', onConflict: 'refuse' },
});
const acquired: Answer = { kind: 'acquired', count: 1, skipped: [], conflicts: [] };
const refusedBy = (lease: string): Answer => ({
  kind: 'refused',
  conflicts: [{ lease, records: ['cities/1'], isWaiting: false }],
});
const holding = (as: string) => {
  const model = emptyRegistry();
  applyTo(model, requestOf(as));
  return model;
};

describe('answers to calls that were made at the same time', () => {
  it('concurrent answers are explained by an order of the calls, whichever it is', () => {
    const calls = [
      { call: requestOf('L1'), answer: refusedBy('L2') },
      { call: requestOf('L2'), answer: acquired },
    ];
    expect(findOrders([emptyRegistry()], calls, viewOf(holding('L2')))).toEqual([holding('L2')]);
  });

  it('two leases on one record are explained by no order', () => {
    const calls = [
      { call: requestOf('L1'), answer: acquired },
      { call: requestOf('L2'), answer: acquired },
    ];
    expect(findOrders([emptyRegistry()], calls, viewOf(holding('L2')))).toEqual([]);
  });

  it('a final state that no order reaches is not explained', () => {
    const calls = [{ call: requestOf('L1'), answer: acquired }];
    expect(findOrders([emptyRegistry()], calls, viewOf(emptyRegistry()))).toEqual([]);
  });

  it('two calls that were each refused because of the other are explained by no order', () => {
    const calls = [
      { call: requestOf('L1'), answer: refusedBy('L2') },
      { call: requestOf('L2'), answer: refusedBy('L1') },
    ];
    expect(findOrders([emptyRegistry()], calls, viewOf(emptyRegistry()))).toEqual([]);
  });

  it('a request that gave up is explained only if it has left nothing behind', () => {
    const call = requestOf('L1');
    const calls = [{ call, answer: { kind: 'contended' } as const, isInParts: true }];
    expect(findOrders([emptyRegistry()], calls, viewOf(emptyRegistry()))).toEqual([emptyRegistry()]);
    expect(findOrders([emptyRegistry()], calls, viewOf(holding('L1')))).toEqual([]);
  });
});
