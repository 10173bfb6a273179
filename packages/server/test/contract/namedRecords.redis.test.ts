/** The records that the log entry of a lease names, so that readers of the log need not ask for them. */
import type { RecordKey } from '@rowlock/protocol';
import { expect, it } from 'vitest';
import { readCoverage } from '../../src/locks/registry/coverage.ts';
import {
  ann,
  bo,
  cities,
  gazetteer,
  type LockClient,
  toLeaseSecret,
  useRedis,
} from '../fixtures/lockFixture.ts';

const { open } = useRedis();

/** The coverage that the newest `acquired` entry names; undefined if it names none. */
async function namedCoverage({ log }: LockClient) {
  const entry = (await log()).findLast(({ kind }) => kind === 'acquired');
  if (entry?.kind !== 'acquired') throw new Error('no lease was acquired');
  return entry.chunks && readCoverage(entry.chunks);
}

const eight: RecordKey[] = [...cities(1, 6), 'regions/1', 'regions/2'];

it.each<[string, RecordKey[]]>([
  ['one record', ['cities/1']],
  ['eight records of two resources', eight],
])('the log entry of a lease on %s names them', async (_, records) => {
  const client = await open();
  await client.registry.acquire({ holder: ann, records });
  expect(await namedCoverage(client)).toEqual({ records, subtrees: [] });
});

it('the log entry of a lease on nine records names none', async () => {
  const client = await open();
  await client.registry.acquire({ holder: ann, records: cities(1, 9) });
  expect(await namedCoverage(client)).toBeUndefined();
});

it('the log entry of a lease on subtrees names their roots as subtrees', async () => {
  const client = await open({ hierarchy: gazetteer });
  await client.registry.acquire({ holder: ann, records: ['regions/FR-11'], scope: 'subtree' });
  expect(await namedCoverage(client)).toEqual({ records: ['regions/FR-11'], subtrees: ['regions/FR-11'] });
});

it('the log entry of a lease that skips records names only the acquired ones', async () => {
  const client = await open();
  await client.registry.acquire({ holder: bo, records: ['cities/2'] });
  await client.registry.acquire({ holder: ann, records: cities(1, 3), onConflict: 'skip' });
  expect(await namedCoverage(client)).toEqual({ records: ['cities/1', 'cities/3'], subtrees: [] });
});

it('the log entry of a lease that comes into force after waiting names its records', async () => {
  const client = await open();
  const { registry } = client;
  const first = await registry.acquire({ holder: bo, records: ['cities/1'] });
  await registry.acquireOrWait({ holder: ann, records: eight });
  await registry.release(toLeaseSecret(first));
  expect(await namedCoverage(client)).toEqual({ records: eight, subtrees: [] });
});

it('the log entry of a takeover names its records', async () => {
  const client = await open();
  const { registry } = client;
  const { id } = await registry.acquire({ holder: bo, records: ['cities/1'] });
  const how = { leaseIds: [id], by: ann.actor, reason: 'urgent' };
  await registry.takeOver({ holder: ann, records: cities(1, 2), ...how });
  expect(await namedCoverage(client)).toEqual({ records: cities(1, 2), subtrees: [] });
});
