/**
 * Steps of a sequence. A step picks its lease by number, among the leases that exist at that moment. So a sequence stays
 * meaningful when fast-check shortens it.
 */
import type { LockMode, LockScope, RecordKey } from '@rowlock/protocol';
import fc from 'fast-check';
import type { Call } from './calls.ts';
import type { Registry } from './modelLeases.ts';
import { getHeartbeat } from './modelView.ts';
import { HOLDER_COUNT, LOCKABLE, ROWS } from './universe.ts';

export interface Step {
  verb: Call['verb'] | 'observe';
  /** The index of the lease by age, modulo the number of leases */
  pick?: number;
  others?: readonly number[];
  /** Uses a secret that is not the lease's */
  isForged?: boolean;
  holder?: number;
  shares?: boolean;
  records?: readonly RecordKey[];
  mode?: LockMode;
  scope?: LockScope;
  onConflict?: 'refuse' | 'skip' | 'wait';
}

const holder = fc.nat(HOLDER_COUNT - 1);
const shares = fc.constantFrom(false, true, true);
const pick = fc.nat(20);
const isForged = fc.integer({ min: 0, max: 11 }).map((n) => n === 11);
const records = fc.uniqueArray(fc.constantFrom(...LOCKABLE), { minLength: 1, maxLength: 4 });
const rows = fc.uniqueArray(fc.constantFrom(...ROWS), { minLength: 1, maxLength: 4 });
const mode = fc.constantFrom<LockMode[]>('exclusive', 'exclusive', 'shared');
const scope = fc.constantFrom<LockScope[]>('record', 'record', 'subtree');
const refuseOrSkip = fc.constantFrom<('refuse' | 'skip')[]>('refuse', 'skip');
const onConflict = fc.constantFrom<('refuse' | 'skip' | 'wait')[]>('wait', 'refuse', 'skip', 'wait');
const others = fc.array(pick, { maxLength: 4 });
const verb = <V extends Step['verb']>(name: V) => fc.constant(name);

/** Steps that may run at the same time as others: each is one script. */
export const atomicStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ verb: verb('acquire'), holder, shares, records, mode, scope, onConflict }),
  },
  { weight: 2, arbitrary: fc.record({ verb: verb('takeOver'), holder, records, mode, scope, others }) },
  {
    weight: 4,
    arbitrary: fc.record({ verb: verb('extend'), pick, isForged, records, scope, onConflict: refuseOrSkip }),
  },
  { weight: 4, arbitrary: fc.record({ verb: verb('free'), pick, isForged, records }) },
  { weight: 3, arbitrary: fc.record({ verb: verb('release'), pick, isForged }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('renewWaiting'), pick, isForged }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('stopWaiting'), pick, isForged, others }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('transfer'), pick, isForged, holder }) },
  { weight: 1, arbitrary: fc.record({ verb: verb('renew'), pick, isForged }) },
  { weight: 1, arbitrary: fc.record({ verb: verb('prove'), pick, isForged, records: rows }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('expire'), pick }) },
  { weight: 1, arbitrary: fc.record({ verb: verb('getConflicts'), records, mode, scope }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('sweep') }) },
);

/**
 * Steps that may run while others acquire in parts. Steps that take several scripts are left out: a request with `skip`
 * checks its records part by part, and a release of several records is in parts too.
 */
export const stepBesideParts: fc.Arbitrary<Step> = atomicStep
  .filter((step) => step.verb !== 'getConflicts' && step.onConflict !== 'skip')
  .map((step) => (step.verb === 'free' ? { ...step, records: step.records!.slice(0, 1) } : step));

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 32, arbitrary: atomicStep },
  { weight: 1, arbitrary: fc.record({ verb: verb('resume'), pick, isForged }) },
  { weight: 1, arbitrary: fc.record({ verb: verb('observe'), pick }) },
);

/** Lease → the heartbeat that an observer has last seen. */
export type Seen = Map<string, string>;

/**
 * The call that a step means now, or undefined if no lease exists for it or if it only observes. `serial` makes the names
 * unique that this call gives.
 */
export function callOf(step: Step, registry: Registry, seen: Seen, serial: number): Call | undefined {
  const { leases } = registry;
  const nameAt = (n: number) => leases[n % leases.length]?.name;
  const namesAt = (ns: readonly number[]) =>
    leases.length === 0 ? [] : [...new Set(ns.map((n) => nameAt(n)!))];
  const {
    records = [],
    mode = 'exclusive',
    scope = 'record',
    onConflict = 'refuse',
    holder = 0,
    shares = false,
  } = step;
  const as = `L${serial}`;
  switch (step.verb) {
    case 'acquire':
      return { verb: 'acquire', as, holder, shares, records, mode, scope, onConflict };
    case 'takeOver':
      return { verb: 'takeOver', as, holder, records, mode, scope, leaseIds: namesAt(step.others ?? []) };
    case 'getConflicts':
      return { verb: 'getConflicts', records, mode, scope };
    case 'sweep':
      return { verb: 'sweep' };
  }
  const lease = leases[(step.pick ?? 0) % leases.length];
  if (!lease) return undefined;
  const leaseSecret = { lease: lease.name, secret: step.isForged ? `forged-${lease.name}` : lease.secret };
  switch (step.verb) {
    case 'observe':
      seen.set(lease.name, getHeartbeat(registry, lease.name));
      return undefined;
    case 'expire':
      return {
        verb: 'expire',
        lease: lease.name,
        seen: seen.get(lease.name) ?? getHeartbeat(registry, lease.name),
      };
    case 'extend':
      return {
        verb: 'extend',
        ...leaseSecret,
        records,
        scope,
        onConflict: onConflict === 'skip' ? 'skip' : 'refuse',
      };
    case 'free':
    case 'prove':
      return { verb: step.verb, ...leaseSecret, records };
    case 'renew':
    case 'release':
    case 'renewWaiting':
      return { verb: step.verb, ...leaseSecret };
    case 'stopWaiting':
      return { verb: 'stopWaiting', ...leaseSecret, asked: namesAt(step.others ?? []) };
    case 'transfer':
      return { verb: 'transfer', ...leaseSecret, nextSecret: `${lease.name}-${serial}`, holder };
    case 'resume':
      return { verb: 'resume', ...leaseSecret, nextSecret: `${lease.name}-${serial}` };
  }
}
