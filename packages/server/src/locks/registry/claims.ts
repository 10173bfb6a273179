/** Taking records: at once where one script can, else in parts that nobody sees until the last step. */
import { randomUUID } from 'node:crypto';
import type { Conflict, LeaseSecret, RecordKey } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import {
  ConflictError,
  DeadlockError,
  LeaseLostError,
  RowlockError,
  UnavailableError,
} from '../../errors.ts';
import type { RunHint } from '../../redis/runHint.ts';
import type { Script } from '../../redis/scripts.ts';
import { grantOf, readNews } from './grantNews.ts';
import type { Hierarchy } from './hierarchy.ts';
import { type ConflictRow, firstOf, mergeConflicts, readConflicts } from './leaseRow.ts';
import { type PackedRecords, packWithAncestors, partsOf } from './packedRecords.ts';
import {
  assertRequest,
  type ClaimRequest,
  DEFAULT_TTL_MS,
  type Grant,
  holderJson,
  type QueueRequest,
  type StepSizes,
  type Ticket,
} from './requests.ts';
import { type RestartGrace, RestartGraceError } from './restartGrace.ts';

export type OnConflict = 'refuse' | 'skip' | 'wait';
export type Claimed =
  | { kind: 'granted'; grant: Grant; stepAnswer?: string }
  | { kind: 'waiting'; ticket: Ticket };

/**
 * A script that does more in the step in which it takes records: acquire.lua with a front part, whose own arguments come
 * first. Where the front part refuses, it answers `{ 'refused', … }`, and nothing was taken.
 */
export interface Step {
  script: Script;
  args: readonly (string | number)[];
  /** Of the connection on which the script runs, where that is another one than the registry's */
  runHint?: RunHint;
}
export type StepRefusal = { kind: 'refused'; why: readonly unknown[] };
/**
 * `stepAnswer`: what the front part answered, one word. Undefined where no single script could take the records, so that the
 * step is still to be done.
 */
export type SteppedClaim = { kind: 'granted'; grant: Grant; stepAnswer?: string } | StepRefusal;

type ClaimReply =
  | ['granted', news: string, runId?: string, skipped?: RecordKey[], rows?: ConflictRow[]]
  | ['waiting', id: string, position: number, rows?: ConflictRow[], count?: number]
  | ['claimed', id: string, skipped: RecordKey[], rows: ConflictRow[]]
  | ['conflict' | 'deadlock', rows: ConflictRow[]]
  | ['grace', runId: string]
  | ['refused', ...why: unknown[]]
  | ['crowded' | 'broken' | 'busy' | 'lost' | 'empty'];

export interface ClaimScripts {
  acquire: Script;
  queue: Script;
  claim: Script;
  commit: Script;
  conflicts: Script;
  withdraw: Script;
}

/** 122 random bits; Node draws them ahead of time, where `randomBytes` would draw them now. */
export const newSecret = (): string => randomUUID();

/** A claim in parts begins again where another has taken a part of it; so often, and after about so long. */
const MAX_ATTEMPTS = 8;
const BACKOFF_MS = 50;

export function createClaims(deps: {
  scripts: ClaimScripts;
  hierarchy: Hierarchy;
  grace: RestartGrace;
  runHint: RunHint;
  sizes: StepSizes;
  clock: Clock;
}) {
  const { scripts, hierarchy, grace, runHint, sizes, clock } = deps;

  /** @throws {RestartGraceError} unless the term has just ended, so that it can be tried again at once */
  async function passGrace(runId: string): Promise<void> {
    const leftMs = await grace.note(runId);
    if (leftMs > 0) throw new RestartGraceError(leftMs);
  }

  async function take(request: QueueRequest, onConflict: OnConflict): Promise<Claimed> {
    assertRequest(request);
    const packed = await packWithAncestors(hierarchy, request.records, request.scope);
    if (request.records.length > sizes.maxRecordsPerStep) return takeInParts(request, packed, onConflict);
    const claimed = await takeAtOnce(request, packed, onConflict);
    if (claimed.kind === 'refused') throw refusal(['refused']);
    return claimed;
  }

  async function takeBy(
    step: Step,
    request: ClaimRequest,
    onConflict: 'refuse' | 'skip',
  ): Promise<SteppedClaim> {
    assertRequest(request);
    const packed = await packWithAncestors(hierarchy, request.records, request.scope);
    const claimed =
      request.records.length <= sizes.maxRecordsPerStep
        ? await takeAtOnce(request, packed, onConflict, step)
        : await takeInParts(request, packed, onConflict);
    // Only `wait` can answer otherwise.
    if (claimed.kind === 'waiting') throw new ConflictError(claimed.ticket.conflicts);
    return claimed;
  }

  async function takeAtOnce(
    request: QueueRequest,
    { nodes, chunks }: PackedRecords,
    onConflict: OnConflict,
    step?: Step,
  ): Promise<Claimed | StepRefusal> {
    const secret = newSecret();
    const { holder, mode = 'exclusive', ttlMs = DEFAULT_TTL_MS, expiry = 'heartbeat' } = request;
    const hint = step?.runHint ?? runHint;
    const lease = [hint.current(), secret, holderJson(holder), mode, ttlMs, expiry];
    const { script, args } = step ?? { script: scripts.acquire, args: [] };
    const line = [request.mostNamed ?? '', request.isNewHolder ? 1 : 0];
    const reply = (await (onConflict === 'wait'
      ? scripts.queue(...lease, ...line, nodes, ...chunks)
      : script(...args, ...lease, onConflict, nodes, ...chunks))) as ClaimReply;
    switch (reply[0]) {
      case 'granted': {
        const [kind, news, runId, skipped = [], rows = []] = reply;
        if (runId) hint.note(runId);
        const rest = { skipped, conflicts: readConflicts(rows) };
        const { stepAnswer, ...told } = readNews(news);
        const grant = grantOf(told, { secret, ttlMs }, rest);
        return { kind, grant, ...(stepAnswer !== undefined && { stepAnswer }) };
      }
      case 'waiting':
        return {
          kind: 'waiting',
          ticket: readTicket(reply, secret, ttlMs, readConflicts(reply[3] ?? []), reply[4] ?? 0),
        };
      case 'refused':
        return { kind: 'refused', why: reply.slice(1) };
      case 'grace':
        await passGrace(reply[1]);
        return takeAtOnce(request, { nodes, chunks }, onConflict, step);
      default:
        throw refusal(reply);
    }
  }

  async function takeInParts(
    request: QueueRequest,
    packed: PackedRecords,
    onConflict: OnConflict,
  ): Promise<Claimed> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const claimed = await claimAllParts(request, packed, onConflict, { secret: newSecret(), reassert: '' });
      if (claimed) return claimed;
      await sleep(BACKOFF_MS * attempt * (0.5 + Math.random()));
    }
    throw new RowlockError(
      'unavailable',
      `These ${request.records.length} records are taken and let go so often that they could not be had all at once in ` +
        `${MAX_ATTEMPTS} attempts. Nothing was taken; try again, or wait for them (onConflict: 'wait').`,
    );
  }

  const sleep = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));

  /** Undefined where somebody else has come between: it is to be begun again. */
  async function claimAllParts(
    request: QueueRequest,
    { nodes, chunks }: PackedRecords,
    onConflict: OnConflict,
    { secret, reassert }: { secret: string; reassert: string },
  ): Promise<Claimed | undefined> {
    const { holder, mode = 'exclusive', ttlMs = DEFAULT_TTL_MS, expiry = 'heartbeat' } = request;
    const lease = [secret, holderJson(holder), mode, ttlMs, expiry, onConflict, reassert];
    const parts = partsOf(chunks, sizes.partSize);
    const skipped: RecordKey[] = [];
    const reports: Conflict[][] = [];
    let leaseId = '';
    const abandon = async () => {
      if (leaseId !== '') await scripts.withdraw(leaseId, secret);
    };
    try {
      for (const [i, part] of parts.entries()) {
        const reply = (await scripts.claim(
          runHint.current(),
          leaseId,
          ...lease,
          nodes,
          ...part,
        )) as ClaimReply;
        switch (reply[0]) {
          case 'claimed':
            leaseId = reply[1];
            for (const record of reply[2]) skipped.push(record);
            reports.push(readConflicts(reply[3]));
            break;
          case 'busy':
          case 'broken':
            await abandon();
            return undefined;
          case 'grace':
            await passGrace(reply[1]);
            return undefined;
          case 'conflict':
          case 'deadlock': {
            // What else is in the way is looked for too: a refusal names every lease, but never the claim's own.
            await abandon();
            // Who waits may have been overtaken where it saw nobody; a claim that refuses has seen nothing before.
            if (reply[0] === 'deadlock') reports.length = 0;
            const unseen = reply[0] === 'deadlock' ? parts : parts.slice(i + 1);
            const rest = unseen.map((others) => scripts.conflicts(mode, nodes, ...others));
            if (reply[0] === 'conflict') reports.push(readConflicts(reply[1]));
            for (const found of await Promise.all(rest))
              reports.push(readConflicts((found as [ConflictRow[]])[0]));
            const all = mergeConflicts(reports);
            throw reply[0] === 'conflict' ? new ConflictError(all) : new DeadlockError(all);
          }
          default:
            throw refusal(reply);
        }
      }
      const conflicts = mergeConflicts(reports);
      const reply = (await scripts.commit(leaseId, secret)) as ClaimReply;
      switch (reply[0]) {
        case 'granted':
          return {
            kind: 'granted',
            grant: grantOf(readNews(reply[1]), { secret, ttlMs }, { skipped, conflicts }),
          };
        case 'waiting':
          return {
            kind: 'waiting',
            ticket: readTicket(
              reply,
              secret,
              ttlMs,
              request.mostNamed === undefined ? conflicts : firstOf(conflicts, request.mostNamed),
              conflicts.length,
            ),
          };
        case 'empty':
          throw new ConflictError(conflicts);
        case 'broken':
          await abandon();
          return undefined;
        default:
          throw refusal(reply);
      }
    } catch (error) {
      // Where Redis is away, what was claimed is silent from now on, and an observer clears it.
      await abandon().catch(() => {});
      throw error;
    }
  }

  return {
    take,
    takeBy,
    passGrace,

    /** @throws {LeaseLostError} where the lease was not lost with Redis's data, or its records are taken */
    async reassert({ leaseId, secret }: LeaseSecret, request: ClaimRequest): Promise<Grant> {
      const packed = await packWithAncestors(hierarchy, request.records, request.scope);
      try {
        const claimed = await claimAllParts(request, packed, 'refuse', { secret, reassert: leaseId });
        if (claimed?.kind === 'granted') return claimed.grant;
      } catch (error) {
        if (error instanceof UnavailableError) throw error;
      }
      throw new LeaseLostError(leaseId);
    },
  };
}

function readTicket(
  [, leaseId, position]: ['waiting', string, number, ...unknown[]],
  secret: string,
  ttlMs: number,
  conflicts: readonly Conflict[],
  conflictCount: number,
): Ticket {
  return { leaseId, secret, ttlMs, position, conflicts, conflictCount };
}

function refusal(reply: ClaimReply): Error {
  switch (reply[0]) {
    case 'conflict':
      return new ConflictError(readConflicts(reply[1]));
    case 'deadlock':
      return new DeadlockError(readConflicts(reply[1]));
    case 'crowded':
      return new RowlockError(
        'rate_limited',
        'More than 1,000 requests wait for records already. Nothing was queued; try again later.',
      );
    default:
      return new RowlockError('internal', `The registry's script answered "${reply[0]}" where it may not.`);
  }
}
