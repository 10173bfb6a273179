import type { LeaseView, RecordKey } from '@rowlock/protocol';
import { expect, it } from 'vitest';
import type { LogEntry } from '../../changeLog/entry.ts';
import { systemClock } from '../../clock.ts';
import type { Coverage } from '../../locks/registry/coverage.ts';
import type { Session } from '../session/session.ts';
import { WatchedRecords } from '../view/watchedRecords.ts';
import { WatchedResources } from '../view/watchedResources.ts';
import { createWatching } from './watching.ts';

const lease = (id: string): LeaseView => ({
  id,
  holder: { type: 'person', id: 'session', label: 'Form', actor: { id: 'ann', name: 'Ann' } },
  mode: 'exclusive',
  since: 0,
  recordCount: 1,
});

/** A gateway with one session that watches the records, and the lease ids that the gateway asks Redis for. */
function openGateway(...records: RecordKey[]) {
  const asked: string[][] = [];
  const changed: RecordKey[][] = [];
  const session = { noteRecords: (keys: RecordKey[]) => void changed.push(keys) } as unknown as Session;
  const watched = new WatchedRecords<Session>();
  watched.states.load(watched.watch(records, session), {
    position: '1-0',
    held: new Map(),
    leases: new Map(),
  });
  const registry = {
    async getCoverage(leaseIds: string[]) {
      asked.push(leaseIds);
      const coverage: Coverage = { records: ['cities/2'], subtrees: [] };
      return new Map(leaseIds.map((id) => [id, coverage]));
    },
  };
  const watching = createWatching({
    watched,
    watchedResources: new WatchedResources(),
    presenceWatch: {},
    registry,
    store: { getMany: async () => [] },
    tasks: {},
    permissions: {},
    clock: systemClock,
  } as unknown as Parameters<typeof createWatching>[0]);
  return { apply: (...entries: LogEntry[]) => watching.apply(entries, []), asked, changed };
}

it('a gateway does not ask Redis for records that the log entry of a lease names', async () => {
  const { apply, asked, changed } = openGateway('cities/1', 'cities/2', 'regions/1');
  await apply({ kind: 'acquired', position: '2-0', lease: lease('7'), chunks: ['cities\n1', 'regions\n1'] });
  expect(asked).toEqual([]);
  expect(changed.flat()).toEqual(['cities/1', 'regions/1']);
});

it('a gateway asks Redis once for the records of all leases whose log entries name none', async () => {
  const { apply, asked, changed } = openGateway('cities/1', 'cities/2');
  await apply(
    { kind: 'acquired', position: '2-0', lease: lease('7'), chunks: ['cities\n1'] },
    { kind: 'acquired', position: '2-1', lease: lease('8') },
    { kind: 'acquired', position: '2-2', lease: lease('9') },
  );
  expect(asked).toEqual([['8', '9']]);
  expect(new Set(changed.flat())).toEqual(new Set(['cities/1', 'cities/2']));
});

it('a gateway whose sessions watch no records asks Redis for no records', async () => {
  const { apply, asked } = openGateway();
  await apply({ kind: 'acquired', position: '2-0', lease: lease('8') });
  expect(asked).toEqual([]);
});
