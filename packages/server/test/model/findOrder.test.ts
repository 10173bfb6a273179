import { describe, expect, it } from 'vitest';
import type { Answer, Call } from './calls.ts';
import { findOrders } from './findOrder.ts';
import { applyTo, emptyRegistry, viewOf } from './registryModel.ts';

const take = (as: string): Call => ({
  ...{ verb: 'acquire', as, holder: 0, records: ['cities/1'] },
  ...{ mode: 'exclusive', scope: 'record', onConflict: 'refuse' },
});
const granted: Answer = { kind: 'acquired', count: 1, skipped: [], conflicts: [] };
const refusedBy = (lease: string): Answer => ({
  kind: 'refused',
  conflicts: [{ lease, records: ['cities/1'], isWaiting: false }],
});
const holding = (as: string) => {
  const model = emptyRegistry();
  applyTo(model, take(as));
  return model;
};

describe('answers to calls that were made at the same time', () => {
  it('are explained by an order, whichever it was', () => {
    const calls = [
      { call: take('L1'), answer: refusedBy('L2') },
      { call: take('L2'), answer: granted },
    ];
    expect(findOrders([emptyRegistry()], calls, viewOf(holding('L2')))).toEqual([holding('L2')]);
  });

  it('are not explained where both have one record', () => {
    const calls = [
      { call: take('L1'), answer: granted },
      { call: take('L2'), answer: granted },
    ];
    expect(findOrders([emptyRegistry()], calls, viewOf(holding('L2')))).toEqual([]);
  });

  it('are not explained where what is seen afterwards is another end', () => {
    const calls = [{ call: take('L1'), answer: granted }];
    expect(findOrders([emptyRegistry()], calls, viewOf(emptyRegistry()))).toEqual([]);
  });

  it('are not explained where both say that the other was first', () => {
    const calls = [
      { call: take('L1'), answer: refusedBy('L2') },
      { call: take('L2'), answer: refusedBy('L1') },
    ];
    expect(findOrders([emptyRegistry()], calls, viewOf(emptyRegistry()))).toEqual([]);
  });

  it('explain one who gave up by nothing that he has left', () => {
    const call = take('L1');
    const calls = [{ call, answer: { kind: 'contended' } as const, isInParts: true }];
    expect(findOrders([emptyRegistry()], calls, viewOf(emptyRegistry()))).toEqual([emptyRegistry()]);
    expect(findOrders([emptyRegistry()], calls, viewOf(holding('L1')))).toEqual([]);
  });
});
