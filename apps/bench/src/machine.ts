import { arch, cpus, loadavg, totalmem, type } from 'node:os';
import type { Redis } from 'ioredis';
import pg from 'pg';

/** What the numbers depend on, and nothing that says whose machine it is. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  redis: string;
  /** Absent where the run had none */
  postgres?: string;
  /** Processes that wanted a core in the minute before the run: with others' work beside it, numbers are too large */
  loadBefore: number;
}

export async function describeMachine(redis: Redis, postgresUrl?: string): Promise<Machine> {
  const info = await redis.info('server');
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${arch()}`,
    node: process.versions.node,
    redis: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
    ...(postgresUrl && { postgres: await postgresVersion(postgresUrl) }),
    loadBefore: Number(loadavg()[0]!.toFixed(2)),
  };
}

async function postgresVersion(connectionString: string): Promise<string> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version');
    return rows[0]?.server_version.split(' ')[0] ?? 'unknown';
  } finally {
    await client.end();
  }
}

/** Each core is wanted by the bench itself: what leaves less than half of the machine to it is in the way. */
export const isBusy = ({ loadBefore, cores }: Pick<Machine, 'loadBefore' | 'cores'>): boolean =>
  loadBefore > cores / 2;
