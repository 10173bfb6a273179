/** The model as an observer sees it. */
import { wholeResource } from '@rowlock/protocol';
import type { View } from './calls.ts';
import { blocks, covers, type Lease, type Registry } from './modelLeases.ts';
import { RESOURCES, ROWS } from './universe.ts';

/** The heartbeat of a lease as an observer sees it, or '' if the lease has ended. */
export function getHeartbeat(registry: Registry, name: string): string {
  const lease = registry.leases.find((other) => other.name === name);
  if (!lease || lease.standing === 'ended') return '';
  return `${lease.standing} ${lease.heartbeats}`;
}

export function viewOf(registry: Registry): View {
  const alive = registry.leases.filter((lease) => lease.standing !== 'ended');
  const held = alive.filter((lease) => lease.standing === 'held');
  const mark = (lease: Lease) => lease.name + (lease.standing === 'waiting' ? '?' : '');
  const byRow = (leases: Lease[], print: (lease: Lease) => string) =>
    Object.fromEntries(
      ROWS.map((row) => [
        row,
        leases
          .filter((lease) => covers(lease, row))
          .map(print)
          .sort(),
      ]).filter(([, names]) => names!.length > 0),
    );
  const isOn = (resource: string) => (lease: Lease) =>
    blocks(lease, { key: wholeResource(resource), isSubtree: true });
  return {
    held: byRow(held, mark),
    holders: byRow(alive, mark),
    leases: held.map(({ name, mode, holder, locks }) => `${name} ${mode} tab-${holder} ${locks.length}`),
    on: Object.fromEntries(RESOURCES.map((name) => [name, held.filter(isOn(name)).map(mark).sort()])),
  };
}
