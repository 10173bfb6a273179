/** Every way in which a Redis goes on answering reads and refuses writes, to be begun and ended by a test. */
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { callRedis, type TestRedis, until } from '@rowlock/test-utils';

export interface Refusal {
  reason: string;
  begin(server: TestRedis): Promise<unknown>;
  end(server: TestRedis): Promise<unknown>;
}

const call = (server: TestRedis, ...command: [string, ...string[]]) => callRedis(server.port, command);
const set = (server: TestRedis, name: string, value: string) => call(server, 'CONFIG', 'SET', name, value);
/** A folder where Redis writes its snapshot makes every snapshot fail. */
const snapshotOf = (server: TestRedis) => join(server.dir, 'dump.rdb');

async function saves(server: TestRedis, status: 'ok' | 'err'): Promise<void> {
  await until(
    async () => {
      const info = String(await call(server, 'INFO', 'persistence'));
      if (info.includes(`rdb_last_bgsave_status:${status}`)) return true;
      if (info.includes('rdb_bgsave_in_progress:0')) await call(server, 'BGSAVE').catch(() => {});
      return false;
    },
    { what: `snapshots to be ${status}`, timeoutMs: 10_000 },
  );
}

export const REFUSALS: readonly Refusal[] = [
  {
    reason: 'it is out of memory',
    begin: (server) => set(server, 'maxmemory', '1'),
    end: (server) => set(server, 'maxmemory', '0'),
  },
  {
    reason: 'it cannot write its snapshot',
    async begin(server) {
      await rm(snapshotOf(server), { force: true });
      await mkdir(snapshotOf(server));
      await set(server, 'save', '3600 1');
      await saves(server, 'err');
    },
    async end(server) {
      await rmdir(snapshotOf(server));
      await saves(server, 'ok');
      await set(server, 'save', '');
    },
  },
  {
    reason: 'it has too few replicas',
    begin: (server) => set(server, 'min-replicas-to-write', '1'),
    end: (server) => set(server, 'min-replicas-to-write', '0'),
  },
  {
    reason: 'it has become a replica',
    begin: (server) => call(server, 'REPLICAOF', '127.0.0.1', '1'),
    end: (server) => call(server, 'REPLICAOF', 'NO', 'ONE'),
  },
  {
    reason: 'its writes are paused',
    begin: (server) => call(server, 'CLIENT', 'PAUSE', '60000', 'WRITE'),
    end: (server) => call(server, 'CLIENT', 'UNPAUSE'),
  },
  {
    reason: 'its user may not write any more',
    begin: (server) => call(server, 'ACL', 'SETUSER', 'default', '-hset', '-hincrby'),
    end: (server) => call(server, 'ACL', 'SETUSER', 'default', '+@all'),
  },
];
