/**
 * Steps of a sequence: calls whose leases are picked by number among those that there are by then, so that a sequence
 * still means something when a test makes it shorter.
 */
import type { LockMode, LockScope, RecordKey } from '@rowlock/protocol';
import fc from 'fast-check';
import type { Call } from './calls.ts';
import { getHeartbeat, type Registry } from './registryModel.ts';
import { HOLDER_COUNT, LOCKABLE, ROWS } from './universe.ts';

export interface Step {
  verb: Call['verb'] | 'observe';
  /** Which lease, by age modulo their number */
  pick?: number;
  others?: readonly number[];
  /** With a secret that is not the lease's own, or no longer */
  isForged?: boolean;
  holder?: number;
  records?: readonly RecordKey[];
  mode?: LockMode;
  scope?: LockScope;
  onConflict?: 'refuse' | 'skip' | 'wait';
}

const holder = fc.nat(HOLDER_COUNT - 1);
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

/** What may be asked at the same time as others: each is one script. */
export const atomicStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ verb: verb('acquire'), holder, records, mode, scope, onConflict }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('takeOver'), holder, records, mode, scope, others }) },
  {
    weight: 4,
    arbitrary: fc.record({ verb: verb('extend'), pick, isForged, records, scope, onConflict: refuseOrSkip }),
  },
  { weight: 4, arbitrary: fc.record({ verb: verb('free'), pick, isForged, records }) },
  { weight: 3, arbitrary: fc.record({ verb: verb('release'), pick, isForged }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('stand'), pick, isForged }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('withdraw'), pick, isForged, others }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('transfer'), pick, isForged, holder }) },
  { weight: 1, arbitrary: fc.record({ verb: verb('renew'), pick, isForged }) },
  { weight: 1, arbitrary: fc.record({ verb: verb('prove'), pick, isForged, records: rows }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('expire'), pick }) },
  { weight: 1, arbitrary: fc.record({ verb: verb('getConflicts'), records, mode, scope }) },
  { weight: 2, arbitrary: fc.record({ verb: verb('sweep') }) },
);

/**
 * What may be asked while others claim in parts. Who skips what is not free looks at his records one by one, and lets
 * go in parts as well: neither is one moment.
 */
export const stepBesideParts: fc.Arbitrary<Step> = atomicStep
  .filter((step) => step.verb !== 'getConflicts' && step.onConflict !== 'skip')
  .map((step) => (step.verb === 'free' ? { ...step, records: step.records!.slice(0, 1) } : step));

export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 32, arbitrary: atomicStep },
  { weight: 1, arbitrary: fc.record({ verb: verb('resume'), pick, isForged }) },
  { weight: 1, arbitrary: fc.record({ verb: verb('observe'), pick }) },
);

/** By lease, the heartbeat that an observer has seen last. */
export type Seen = Map<string, string>;

/**
 * The call that a step means now; undefined where there is no lease for it, or where it only looks. `serial` tells
 * names apart that are given in this call.
 */
export function callOf(step: Step, registry: Registry, seen: Seen, serial: number): Call | undefined {
  const { leases } = registry;
  const nameAt = (n: number) => leases[n % leases.length]?.name;
  const namesAt = (ns: readonly number[]) =>
    leases.length === 0 ? [] : [...new Set(ns.map((n) => nameAt(n)!))];
  const { records = [], mode = 'exclusive', scope = 'record', onConflict = 'refuse', holder = 0 } = step;
  const as = `L${serial}`;
  switch (step.verb) {
    case 'acquire':
      return { verb: 'acquire', as, holder, records, mode, scope, onConflict };
    case 'takeOver':
      return { verb: 'takeOver', as, holder, records, mode, scope, evict: namesAt(step.others ?? []) };
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
    case 'stand':
      return { verb: step.verb, ...leaseSecret };
    case 'withdraw':
      return { verb: 'withdraw', ...leaseSecret, asked: namesAt(step.others ?? []) };
    case 'transfer':
      return { verb: 'transfer', ...leaseSecret, nextSecret: `${lease.name}-${serial}`, holder };
    case 'resume':
      return { verb: 'resume', ...leaseSecret, nextSecret: `${lease.name}-${serial}` };
  }
}
