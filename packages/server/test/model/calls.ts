/** The calls of a test to the registry, and the answers: the same form for the model and for the registry in Redis. */
import type { LockMode, LockScope, RecordKey } from '@rowlock/protocol';

/** Leases and secrets have names of the test, since ids and random bytes differ in each run. */
export type Call =
  | {
      verb: 'acquire';
      as: string;
      holder: number;
      /** Together with the other tab of the user */
      shares?: boolean;
      records: readonly RecordKey[];
      mode: LockMode;
      scope: LockScope;
      onConflict: 'refuse' | 'skip' | 'wait';
    }
  | {
      verb: 'takeOver';
      as: string;
      holder: number;
      records: readonly RecordKey[];
      mode: LockMode;
      scope: LockScope;
      leaseIds: readonly string[];
    }
  | { verb: 'getConflicts'; records: readonly RecordKey[]; mode: LockMode; scope: LockScope }
  | {
      verb: 'extend';
      lease: string;
      secret: string;
      records: readonly RecordKey[];
      scope: LockScope;
      onConflict: 'refuse' | 'skip';
    }
  | { verb: 'free'; lease: string; secret: string; records: readonly RecordKey[] }
  | { verb: 'prove'; lease: string; secret: string; records: readonly RecordKey[] }
  | { verb: 'renew' | 'release' | 'renewWaiting'; lease: string; secret: string }
  | { verb: 'stopWaiting'; lease: string; secret: string; asked: readonly string[] }
  | { verb: 'transfer'; lease: string; secret: string; nextSecret: string; holder: number }
  | { verb: 'resume'; lease: string; secret: string; nextSecret: string }
  /** Ends the lease if its heartbeat is still `seen`, an earlier result of `getHeartbeat` */
  | { verb: 'expire'; lease: string; seen: string }
  | { verb: 'sweep' };

/** A lease that blocks a request, and the requested records that it blocks, sorted. Conflicts are sorted by lease. */
export interface Blocker {
  lease: string;
  records: RecordKey[];
  isWaiting: boolean;
}

export type Answer =
  | { kind: 'acquired'; count: number; skipped: RecordKey[]; conflicts: Blocker[] }
  | { kind: 'waiting'; position: number; conflicts: Blocker[] }
  | { kind: 'refused' | 'deadlock' | 'blocked'; conflicts: Blocker[] }
  | { kind: 'extended'; count: number; skipped: RecordKey[]; conflicts: Blocker[] }
  | { kind: 'covers'; count: number }
  | { kind: 'resumed'; records: RecordKey[] }
  | { kind: 'proved'; uncovered: RecordKey[] }
  | { kind: 'waits'; position: number }
  | { kind: 'stopped'; remaining: string[] }
  | { kind: 'done' | 'lost' | 'unchanged' }
  /** Others interrupted a request in parts as often as it may begin again. The model never answers this */
  | { kind: 'contended' };

/** The state that everybody can read: the holders and waiters of each row, and the leases in force. */
export interface View {
  held: Record<RecordKey, string[]>;
  /** Row → names of leases. A waiting lease has a `?` */
  holders: Record<RecordKey, string[]>;
  /** `name mode holder count`, by age */
  leases: string[];
  /** Resource → names of the leases on it */
  on: Record<string, string[]>;
}

/** A call as a readable line: `L1 = acquire(tab-0, cities/1 + cities/2, exclusive, wait)`. */
export function describeCall(call: Call): string {
  const { verb } = call;
  const what: (string | undefined)[] = [];
  if ('lease' in call) what.push(call.lease);
  if ('secret' in call) what.push(`by ${call.secret}`);
  if ('nextSecret' in call) what.push(`now ${call.nextSecret}`);
  if ('holder' in call) what.push(`tab-${call.holder}`);
  if ('records' in call) what.push(call.records.join(' + '));
  if ('shares' in call && call.shares) what.push('with its user');
  if ('mode' in call && call.mode === 'shared') what.push('shared');
  if ('scope' in call && call.scope === 'subtree') what.push('subtree');
  if ('onConflict' in call) what.push(call.onConflict);
  if ('leaseIds' in call) what.push(`ends ${call.leaseIds.join(', ') || 'nobody'}`);
  if ('asked' in call && call.asked.length > 0) what.push(`asks for ${call.asked.join(', ')}`);
  if ('seen' in call) what.push(`seen ${call.seen}`);
  return `${'as' in call ? `${call.as} = ` : ''}${verb}(${what.join(', ')})`;
}
