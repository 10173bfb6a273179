/**
 * Express middleware that refuses a write to records which somebody else holds, and holds them while the write runs.
 *
 * The records are held until the response has ended: under the caller's own lease where the `Rowlock-Lease` header
 * proves one, else under a short lease of the request's own. So nobody can take them between the check and the write,
 * but for one case: a caller who ends his own lease while his write still runs. The fence in `response.locals.rowlock`,
 * checked by the write itself, covers that too.
 */
import { randomUUID } from 'node:crypto';
import { type Actor, LEASE_HEADER, parseLeaseHeader, type RecordKey } from '@rowlock/protocol';
import type { Request, RequestHandler, Response } from 'express';
import { RowlockError } from '../errors.ts';
import type { LeaseHandle } from '../locks/leaseHandle.ts';
import type { LockRegistry } from '../locks/lockRegistry.ts';
import type { Locks } from '../locks/locks.ts';
import type { Permissions } from '../permissions.ts';

/** Short, since a lease whose answer was lost on the way holds the records until it expires. */
const REQUEST_TTL_MS = 5_000;

export interface GuardOptions {
  /** Which records this request will write; none means that nothing is guarded */
  records(request: Request): readonly RecordKey[] | Promise<readonly RecordKey[]>;
  /** What others read while the write runs. Default: the actor's name */
  label?(request: Request): string;
}

/** What a guarded handler finds in `response.locals.rowlock`. */
export interface GuardedWrite {
  actor: Actor;
  leaseId: string;
  /** The fencing token of the lease that the write is made under, as decimal digits */
  fence: string;
  /** Aborts where a lease of the request's own is lost while the write runs */
  signal?: AbortSignal;
}

export function createGuard(deps: {
  registry: LockRegistry;
  locks: Locks;
  permissions: Permissions;
}): (options: GuardOptions) => RequestHandler {
  const { registry, locks, permissions } = deps;
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;

  return ({ records: recordsOf, label }) =>
    async (request, response, next) => {
      const actor = await permissions.authenticate({ headers: request.headers, auth: {} });
      const records = [...(await recordsOf(request))];
      assertRecords(records);
      await permissions.require({ actor, action: 'write', records });

      const proof = readProof(request);
      const proven = proof && (await registry.prove(proof, records));
      const others = proven ? proven.uncovered : records;
      let own: LeaseHandle | undefined;
      if (others.length > 0) {
        own = await locks.acquire({
          holder: {
            type: 'person',
            id: `request-${randomUUID()}`,
            label: label?.(request) ?? actor.name,
            actor,
          },
          records: others,
          ttlMs: REQUEST_TTL_MS,
        });
        // The client has gone while the records were asked for: 'close' has been said, and comes no more.
        if (response.closed) return own.release();
        releaseWhenOver(response, own);
      }
      response.locals.rowlock = {
        actor,
        leaseId: own?.id ?? proof?.leaseId ?? '',
        fence: own?.fence ?? proven?.fence ?? '',
        ...(own && { signal: own.signal }),
      } satisfies GuardedWrite;
      next();
    };
}

function readProof(request: Request) {
  const header = request.get(LEASE_HEADER);
  if (header === undefined) return undefined;
  const proof = parseLeaseHeader(header);
  if (proof) return proof;
  throw new RowlockError(
    'bad_request',
    `The header ${LEASE_HEADER} is malformed. It is "<lease id>.<secret>", as \`acquire\` answered them.`,
  );
}

function releaseWhenOver(response: Response, lease: LeaseHandle): void {
  // 'close' comes after 'finish', and also where the client went away before the answer.
  response.once('close', () => {
    // Where this fails, because Redis is away, the lease expires by its heartbeat.
    lease.release().catch(() => {});
  });
}
