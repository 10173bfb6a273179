/**
 * Express middleware that refuses a write to records that somebody else holds, and locks them while the write runs.
 *
 * The records are held until the handler has ended: under the caller's own lease if the `Rowlock-Lease` header proves
 * one, else under a short lease of the request's own. `handlerEnd.ts` reports the end of the handler. Nobody can lock
 * the records between the check and the write, except if the caller releases their own lease while their write still
 * runs, or if the handler exceeds its limit. The write itself covers that too if it checks the fence in
 * `response.locals.rowlock`.
 */
import { randomUUID } from 'node:crypto';
import {
  type Actor,
  LEASE_HEADER,
  parseLeaseHeader,
  type RecordKey,
  RecordKeyError,
} from '@rowlock/protocol';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Clock } from '../clock.ts';
import { assertDurationSetting } from '../durations.ts';
import { LeaseLostError, RowlockError } from '../errors.ts';
import { runWithTransferable, type TransferableLease } from '../locks/leases/criticalSections.ts';
import { REQUEST_HOLDER } from '../locks/leases/endSessionLeases.ts';
import type { InternalLocks } from '../locks/locks.ts';
import type { LockRegistry } from '../locks/registry/lockRegistry.ts';
import type { Logger } from '../logger.ts';
import { type Origins, originCheckOf } from '../origins.ts';
import type { Permissions } from '../permissions.ts';
import { watchHandler } from './handlerEnd.ts';
import { keepProven } from './provenLease.ts';

/** Short, because a lease whose answer was lost keeps the records until it expires. */
const REQUEST_TTL_MS = 5_000;
const KEEP_AFTER_CLOSE_MS = 30_000;

export interface GuardOptions {
  /**
   * The records that this request will write. With an empty list nothing is guarded. Make the keys with `recordKey`:
   * a malformed id is answered with 400 `bad_request`
   */
  records(request: Request): readonly RecordKey[] | Promise<readonly RecordKey[]>;
  /** The holder's label for other users while the write runs. Default: the actor's name */
  label?(request: Request): string;
  /**
   * How long the records stay locked, in ms, if the connection is closed and the handler has not ended. Default 30,000.
   * After it somebody else can lock the records, and only a checked fence stops the old handler's writes.
   */
  keepAfterCloseMs?: number;
}

/** The content of `response.locals.rowlock` in a guarded handler. */
export interface GuardedWrite {
  actor: Actor;
  leaseId: string;
  /** The fencing token of the lease that the write is made under, as decimal digits */
  fence: string;
  /**
   * Aborts if the client leaves before it is answered, if the lease is lost, and if the lease is transferred to a
   * task that the handler launches. Else the records stay locked until the handler has ended: stop, then reject (with
   * `guard(options, handler)`) or end the response.
   */
  signal: AbortSignal;
}

/**
 * `guard(options)` is middleware: the records are unlocked when the response has ended. If the client left before, they
 * are unlocked when the handler ends the response all the same (`response.json()` and the like), at the latest after
 * `keepAfterCloseMs`.
 *
 * `guard(options, handler)` also awaits an async handler: the records are unlocked when the response is closed *and*
 * the handler's promise has settled. Prefer it: it needs no help from the handler, which may answer early and
 * continue.
 */
export type Guard = (options: GuardOptions, handler?: RequestHandler) => RequestHandler;

interface GuardDeps {
  registry: LockRegistry;
  namespace: string;
  locks: Pick<InternalLocks, 'acquire' | 'markTransferred'>;
  permissions: Permissions;
  origins: Origins;
  clock: Clock;
  logger: Logger;
}

export function createGuard(deps: GuardDeps): Guard {
  const { namespace, permissions, origins, clock, logger } = deps;
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;

  return ({ records: recordsOf, label, keepAfterCloseMs = KEEP_AFTER_CLOSE_MS }, handler) => {
    assertDurationSetting('keepAfterCloseMs', keepAfterCloseMs);
    return async (request, response, next) => {
      origins.require(originCheckOf(request));
      const actor = await permissions.authenticate({ headers: request.headers, auth: {} });
      const records = await askRecords(recordsOf, request);
      assertRecords(records);
      await permissions.require({ actor, action: 'write', records });
      const held = await hold(deps, {
        records,
        actor,
        label: label?.(request) ?? actor.name,
        leaseSecret: readLeaseSecret(request),
      });
      // The client left during acquire: 'close' is not emitted again.
      if (response.closed) return held.end();

      let end = () => {};
      const ended = new Promise<void>((resolve) => {
        end = resolve;
      });
      const noteRunning = watchHandler({
        response,
        clock,
        limitMs: keepAfterCloseMs,
        onClientGone: held.abort,
        onEnd(how) {
          end();
          held.end();
          if (how === 'at limit') logger.warn(overLimit(request, keepAfterCloseMs));
        },
      });
      response.locals.rowlock = { actor, ...held.lease, signal: held.signal } satisfies GuardedWrite;
      const begin = () => (handler ? run(handler, [request, response, next], noteRunning) : next());
      return new Promise<unknown>((resolve, reject) => {
        void runWithTransferable({ namespace, transferable: held.own }, () => {
          new Promise((begun) => begun(begin())).then(resolve, reject);
          return ended;
        });
      });
    };
  };
}

/** The id is from the client, so a malformed id is not a fault of the server. */
async function askRecords(recordsOf: GuardOptions['records'], request: Request): Promise<RecordKey[]> {
  try {
    return [...(await recordsOf(request))];
  } catch (error) {
    throw error instanceof RecordKeyError ? new RowlockError('bad_request', error.message) : error;
  }
}

/** Without a promise, the handler's end is found as for the middleware. */
function run(
  handler: RequestHandler,
  args: [Request, Response, NextFunction],
  noteRunning: (running: Promise<unknown>) => void,
): unknown {
  const running: unknown = handler(...args);
  if (running instanceof Promise) noteRunning(running);
  return running;
}

interface HeldRecords {
  lease: { leaseId: string; fence: string };
  signal: AbortSignal;
  /** Leases that can be transferred to a task that the handler launches */
  own: TransferableLease[];
  /** The client has left */
  abort(): void;
  end(): void;
}

async function hold(
  { registry, locks, clock }: Pick<GuardDeps, 'registry' | 'locks' | 'clock'>,
  write: {
    records: RecordKey[];
    actor: Actor;
    label: string;
    leaseSecret: ReturnType<typeof readLeaseSecret>;
  },
): Promise<HeldRecords> {
  const { records, actor, label, leaseSecret } = write;
  const proven = leaseSecret && (await registry.prove(leaseSecret, records, actor.id));
  const others = proven ? proven.uncovered : records;
  const own =
    others.length > 0
      ? await locks.acquire({
          holder: { type: 'person', id: `${REQUEST_HOLDER}${randomUUID()}`, label, actor },
          records: others,
          ttlMs: REQUEST_TTL_MS,
        })
      : undefined;
  const gone = new AbortController();
  const stop =
    leaseSecret && keepProven({ registry, clock, leaseSecret, onLost: (error) => gone.abort(error) });
  const transferable: TransferableLease[] = [];
  if (own) {
    transferable.push({
      leaseId: own.id,
      secret: own.secret,
      ownerId: actor.id,
      hasEnded: () => own.signal.aborted,
      onTransferred: () => locks.markTransferred(own),
    });
  }
  if (leaseSecret) {
    transferable.push({
      ...leaseSecret,
      ownerId: actor.id,
      hasEnded: () => gone.signal.aborted,
      onTransferred() {
        stop?.();
        gone.abort(new LeaseLostError(leaseSecret.leaseId));
      },
    });
  }
  return {
    own: transferable,
    lease: { leaseId: own?.id ?? leaseSecret?.leaseId ?? '', fence: own?.fence ?? proven?.fence ?? '' },
    signal: own ? AbortSignal.any([own.signal, gone.signal]) : gone.signal,
    abort: () => gone.abort(new DOMException('The client left before it was answered.', 'AbortError')),
    end() {
      stop?.();
      // If this fails because Redis is away, the lease expires by its heartbeat.
      own?.release().catch(() => {});
    },
  };
}

const overLimit = ({ method, path }: Request, limitMs: number): string =>
  `the handler of ${method} ${path} has not ended ${limitMs} ms after its connection was closed, so its records are ` +
  'unlocked while it may still write. Pass it to `guard(options, handler)`, stop it when `signal` aborts, or raise `keepAfterCloseMs`';

function readLeaseSecret(request: Request) {
  const header = request.get(LEASE_HEADER);
  if (header === undefined) return undefined;
  const leaseSecret = parseLeaseHeader(header);
  if (leaseSecret) return leaseSecret;
  throw new RowlockError(
    'bad_request',
    `The header ${LEASE_HEADER} is malformed. It is "<lease id>.<secret>", as \`acquire\` answered them.`,
  );
}
