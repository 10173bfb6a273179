/** Stores launches in Redis. Each verb is one script. */
import type { Holder, LeaseId, LeaseSecret, LockMode } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import type { AcquireStep } from '../../locks/registry/acquireReply.ts';
import type { Keys } from '../../redis/keys.ts';
import { createRunHint } from '../../redis/runHint.ts';
import { keepLoaded, script } from '../../redis/scripts.ts';
import { type KeyHolder, readKeyHolder } from './idempotencyKeys.ts';

/** A task that is about to be stored. */
export interface NewTask {
  id: string;
  /** `<name>:<key>` */
  idem: string | undefined;
  delayMs: number;
  /** The longest time that it waits for its records. Undefined if it does not wait, or waits without a limit */
  waitMs: number | undefined;
  fields: Readonly<Record<string, string | number>>;
}

export type Created =
  | { kind: 'created'; createdAt: number; launchOrder: number }
  | { kind: 'lost' }
  | KeyHolder;

export type Transferred =
  | { kind: 'created'; createdAt: number; launchOrder: number; recordCount: number }
  /** `foreign`: not a lease of a person who is the actor. `shared`: the task must be alone, and the lease is not */
  | { kind: 'lost' | 'foreign' | 'shared' }
  | KeyHolder;

export interface LaunchStore {
  /**
   * Acquires the task's records and stores the task, in one step. Its refusal is read by `readKeyHolder`. `sendJob` is
   * called as soon as the step was sent, so that the job follows it on the queue's connection. The job has no effect if the
   * step is refused.
   */
  launchStep(task: NewTask, sendJob?: () => void): AcquireStep;
  /** Stores a task under a lease that was acquired before. `lost` if the lease is no longer in this state. */
  create(task: NewTask, lease: LeaseSecret, state: 'queued' | 'waiting'): Promise<Created>;
  /** Stores a task that runs under the lease of the attempt which launches it. */
  createChild(
    task: NewTask,
    parent: { parentId: string; leaseId: LeaseId; secret: string },
    recordCount: number,
  ): Promise<Created>;
  /** Stores a task and transfers a lease of the person `ownerId` to it, in one step. */
  transferToTask(
    task: NewTask,
    lease: LeaseSecret,
    to: { secret: string; holder: Holder; ttlMs: number; mode: LockMode; ownerId: string },
  ): Promise<Transferred>;
  /**
   * Returns a transferred lease to the person, and ends the task. May be repeated. False if the task has started or ended,
   * or if no lease was transferred.
   */
  returnLease(taskId: string, secrets: { own: string; former: string }, error: string): Promise<boolean>;
  /** Ends a task that could not be added to the queue, and frees its key. False if it has started or ended. */
  rollBack(taskId: string, error: string): Promise<boolean>;
}

type TransferReply =
  | ['created', createdAt: string, launchOrder: string, count: number]
  | ['lost' | 'foreign' | 'shared']
  | ['refused', ...unknown[]];

const argsOf = ({ id, idem, delayMs, waitMs, fields }: NewTask): (string | number)[] => {
  const pairs: (string | number)[] = [];
  for (const [name, value] of Object.entries(fields)) pairs.push(name, value);
  return [id, idem ?? '', delayMs, waitMs ?? '', pairs.length, ...pairs];
};

function readCreated(reply: unknown): Created {
  const [kind, ...rest] = reply as [string, ...unknown[]];
  if (kind === 'created') return { kind, createdAt: Number(rest[0]), launchOrder: Number(rest[1]) };
  return kind === 'lost' ? { kind } : readKeyHolder(rest);
}

/** `queueRedis`: the connection of the queue, on which launches go out with their jobs. */
export function createLaunchStore(redis: Redis, keys: Keys, queueRedis: Redis): LaunchStore {
  const load = (name: string) => script(redis, keys.prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const launchFile = new URL('./lua/launch.lua', import.meta.url);
  const launch = script(queueRedis, keys.prefix, launchFile);
  // Otherwise the first launch would be sent twice, and its job would arrive before its task.
  keepLoaded(queueRedis, launchFile);
  // The hint of one connection says nothing about the server of another.
  const runHint = createRunHint(queueRedis);
  const scripts = {
    create: load('create'),
    createChild: load('createChild'),
    transferToTask: load('transferToTask'),
    returnLease: load('returnLease'),
    endUnstarted: load('endUnstarted'),
  };

  return {
    launchStep: (task, sendJob) => ({
      script(...args) {
        const reply = launch(...args);
        sendJob?.();
        return reply;
      },
      args: argsOf(task),
      runHint,
    }),

    async create(task, { leaseId, secret }, state) {
      return readCreated(await scripts.create(...argsOf(task), leaseId, secret, state));
    },

    async createChild(task, { parentId, leaseId, secret }, recordCount) {
      return readCreated(await scripts.createChild(...argsOf(task), parentId, leaseId, secret, recordCount));
    },

    async transferToTask(task, { leaseId, secret }, { secret: next, holder, ttlMs, mode, ownerId }) {
      const to = [next, JSON.stringify(holder), ttlMs, ownerId, mode];
      const reply = (await scripts.transferToTask(...argsOf(task), leaseId, secret, ...to)) as TransferReply;
      switch (reply[0]) {
        case 'created':
          return {
            kind: 'created',
            createdAt: Number(reply[1]),
            launchOrder: Number(reply[2]),
            recordCount: reply[3],
          };
        case 'refused':
          return readKeyHolder(reply.slice(1));
        default:
          return { kind: reply[0] };
      }
    },

    returnLease: async (taskId, { own, former }, error) =>
      (await scripts.returnLease(taskId, own, former, error)) === 1,

    rollBack: async (taskId, error) => (await scripts.endUnstarted(taskId, 'failed', error, 1)) === 1,
  };
}
