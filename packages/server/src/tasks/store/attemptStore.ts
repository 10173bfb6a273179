/** An attempt at a task, in Redis. Each verb is one script, which decides only by the data in Redis. */
import type { Actor, LeaseId, ProgressView, RecordKey } from '@rowlock/protocol';
import type { Redis } from 'ioredis';
import { LeaseLostError } from '../../errors.ts';
import { readCoverage, unpackChunk } from '../../locks/registry/coverage.ts';
import { packRecords } from '../../locks/registry/packedRecords.ts';
import { askRedis } from '../../redis/askRedis.ts';
import type { Keys } from '../../redis/keys.ts';
import { script } from '../../redis/scripts.ts';
import type { FinalState } from './taskStore.ts';

/** The secret by which an attempt may act for its task, until the next attempt starts. */
export interface AttemptSecret {
  taskId: string;
  leaseId: LeaseId;
  secret: string;
}

export interface StartedAttempt {
  secret: AttemptSecret;
  fence: string;
  ttlMs: number;
  /** 1, 2, … */
  attempt: number;
  actor: Actor;
  /** The input of the launch. The job's copy is not used, since it can be edited by hand after the records were acquired */
  input: unknown;
  records: readonly RecordKey[];
  parentId?: string;
  /** The attempt's own secret. For a child it is its parent's */
  leaseSecret: string;
}

type StartOutcome =
  | { kind: 'started'; started: StartedAttempt }
  | { kind: 'over'; state: FinalState; error: string }
  | { kind: 'superseded' }
  /** Its workers have crashed so often that it may only run alone */
  | { kind: 'suspect' }
  | { kind: 'unknown' };

/**
 * The records that an attempt has changed, beside those that it has reported before. `all`: every record that it may have
 * changed, if the task has reported none.
 */
export type TaskChanges = 'all' | { records: readonly RecordKey[] };

export interface AttemptEnd {
  state: FinalState;
  progress: ProgressView;
  /** Default `all` */
  changes?: TaskChanges;
  error?: string;
  /** JSON */
  result?: string;
}

/** The records and log lines that a run reports */
export interface Reports {
  /** Finished records, to be noted as changed and released */
  done: readonly RecordKey[];
  /** The number of this report within the attempt: it counts once, also if it is repeated */
  number: number;
  /** Failed records to store, and the number of failed records in this attempt. Undefined if no record has failed since */
  failed?: { rows: readonly (readonly [record: RecordKey, error: string])[]; count: number };
  /** Lines with their age in ms, and the number of the first line within the attempt */
  log?: { first: number; lines: readonly string[] };
}

export interface AttemptStore {
  /** Whether the task is known and has not ended. */
  isOpen(taskId: string): Promise<boolean>;
  /** `isAlone`: no other task runs in this worker, now and until the attempt ends. */
  start(taskId: string, generation: number, newSecret: string, isAlone?: boolean): Promise<StartOutcome>;
  /** A heartbeat, with the reports of the run. */
  heartbeat(
    secret: AttemptSecret,
    said?: { progress?: ProgressView | undefined; reports?: Reports | undefined },
  ): Promise<'alive' | 'cancel' | 'lost'>;
  /** Notes a part of the records that the attempt may have changed, before its end notes the rest. False if that is all. */
  noteChanges(secret: AttemptSecret): Promise<boolean>;
  /** False if this attempt may no longer act. */
  end(secret: AttemptSecret, end: AttemptEnd): Promise<boolean>;
  /** Ends the attempt. Another one follows, unless the task was cancelled meanwhile. */
  retry(
    secret: AttemptSecret,
    error: string,
    progress: ProgressView,
  ): Promise<'retrying' | 'cancelled' | 'lost'>;
  /** The newest secret of the lease under which a child runs. @throws {LeaseLostError} */
  leaseSecret(secret: AttemptSecret): Promise<string>;
}

type StartReply =
  | ['started', LeaseId, string, string, number, string, string, string, string[], string, string]
  | ['over', FinalState, string]
  | ['superseded']
  | ['suspect']
  | ['unknown'];

export function createAttemptStore(redis: Redis, keys: Keys): AttemptStore {
  const load = (name: string) => script(redis, keys.prefix, new URL(`./lua/${name}.lua`, import.meta.url));
  const scripts = {
    start: load('startAttempt'),
    heartbeat: load('heartbeat'),
    noteTask: load('noteTask'),
    end: load('endAttempt'),
    retry: load('retry'),
    leaseSecret: load('leaseSecret'),
  };

  return {
    isOpen: async (taskId) => (await askRedis(() => redis.sismember(keys.openTasks, taskId))) === 1,

    async start(taskId, generation, newSecret, isAlone = false) {
      const reply = (await scripts.start(taskId, generation, newSecret, isAlone ? 1 : 0)) as StartReply;
      return readStart(reply, taskId, newSecret);
    },

    async heartbeat({ taskId, leaseId, secret }, { progress, reports } = {}) {
      const { failed, log, done = [], number = 0 } = reports ?? {};
      const rows = failed?.rows ?? [];
      const [word, cancelRequested] = (await scripts.heartbeat(
        taskId,
        leaseId,
        secret,
        progress ? JSON.stringify(progress) : '',
        failed?.count ?? '',
        rows.length,
        log?.first ?? 0,
        log?.lines.length ?? 0,
        number,
        ...rows.flat(),
        ...(log?.lines ?? []),
        ...packRecords(done),
      )) as ['alive', 0 | 1] | ['lost'];
      if (word === 'lost') return 'lost';
      return cancelRequested === 1 ? 'cancel' : 'alive';
    },

    noteChanges: async ({ taskId, secret }) => (await scripts.noteTask(taskId, secret, '', '')) === 1,

    async end({ taskId, leaseId, secret }, { state, progress, changes = 'all', error = '', result = '' }) {
      const args = [taskId, leaseId, secret, state, error, result, JSON.stringify(progress)];
      const noted = changes === 'all' ? ['all'] : ['chunks', ...packRecords(changes.records)];
      return (await scripts.end(...args, ...noted)) !== null;
    },

    async retry({ taskId, leaseId, secret }, error, progress) {
      const reply = await scripts.retry(taskId, leaseId, secret, error, JSON.stringify(progress));
      return (reply as 'retrying' | 'cancelled' | null) ?? 'lost';
    },

    async leaseSecret({ taskId, leaseId, secret }) {
      const reply = await scripts.leaseSecret(taskId, leaseId, secret);
      if (reply === null) throw new LeaseLostError(leaseId);
      return reply as string;
    },
  };
}

function readStart(reply: StartReply, taskId: string, newSecret: string): StartOutcome {
  if (reply[0] === 'over') return { kind: 'over', state: reply[1], error: reply[2] };
  if (reply[0] !== 'started') return { kind: reply[0] };
  const [, leaseId, fence, ttlMs, attempt, actor, parentId, leaseSecret, covered, records, input] = reply;
  return {
    kind: 'started',
    started: {
      secret: { taskId, leaseId, secret: newSecret },
      fence,
      ttlMs: Number(ttlMs),
      attempt,
      actor: JSON.parse(actor) as Actor,
      input: JSON.parse(input) as unknown,
      records: recordsToWorkOn(covered, records),
      ...(parentId && { parentId }),
      leaseSecret,
    },
  };
}

/**
 * All records that the lease covers, or those of the launch that are not released yet. The latter may be covered by a lock
 * on a record above them.
 */
function recordsToWorkOn(covered: readonly string[], records: string): readonly RecordKey[] {
  const coverage = readCoverage(covered);
  if (records === '') return coverage.records;
  const isCovered = new Set(coverage.records);
  const wasReleased = new Set(covered.filter((chunk) => chunk.startsWith('-')).flatMap(unpackChunk));
  const wanted = JSON.parse(records) as RecordKey[];
  return wanted.filter((record) => isCovered.has(record) || !wasReleased.has(record));
}
