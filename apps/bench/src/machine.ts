import { arch, cpus, loadavg, totalmem, type } from 'node:os';
import type { Redis } from 'ioredis';
import pg from 'pg';

/** The properties of the machine that affect the numbers. Nothing identifies its owner. */
export interface Machine {
  processor: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  /** Absent if the run used no Redis */
  redis?: string;
  /** Likewise of PostgreSQL */
  postgres?: string;
  /** Processes that wanted a core in the minute before the run. Other work makes times too large */
  loadBefore: number;
}

/** The machine without the servers of a run. */
export function describeComputer(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${arch()}`,
    node: process.versions.node,
    loadBefore: Number(loadavg()[0]!.toFixed(2)),
  };
}

export async function describeMachine(redis: Redis, postgresUrl?: string): Promise<Machine> {
  const computer = describeComputer();
  const info = await redis.info('server');
  return {
    ...computer,
    redis: /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown',
    ...(postgresUrl && { postgres: await postgresVersion(postgresUrl) }),
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

/** Whether other work leaves less than half of the cores to the bench, which needs all of them. */
export const isBusy = ({ loadBefore, cores }: Pick<Machine, 'loadBefore' | 'cores'>): boolean =>
  loadBefore > cores / 2;
