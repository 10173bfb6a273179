/** The handlers of the routes of leases: for clients without a live connection, which renew their leases themselves. */
import type { Actor, LeaseAnswer, Limits, LockScope, RecordKey, SessionSecret } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import type { ClientLeases } from '../../locks/leases/clientLeases.ts';
import type { SessionLeases } from '../../locks/leases/sessionLeases.ts';
import type { Permissions } from '../../permissions.ts';
import { requireAcquire } from '../../requireAcquire.ts';
import type { EnsureSession } from '../../sessions/openSessions.ts';
import type { SessionStore } from '../../sessions/sessionStore.ts';
import type { Tasks } from '../../tasks/tasks.ts';
import type { RouteHandlers } from './route.ts';
import type { Routes } from './routes.ts';

export interface LeaseHandlerDeps {
  clientLeases: ClientLeases;
  sessionLeases: Pick<SessionLeases, 'getRecords' | 'extend' | 'release'>;
  ensureSession: EnsureSession;
  sessionStore: Pick<SessionStore, 'examine'>;
  tasks: Pick<Tasks, 'describeConflicts'>;
  permissions: Permissions;
  limits: Pick<Limits, 'acquiredRecords' | 'heldLeases'>;
}

export function createLeaseHandlers({
  clientLeases,
  sessionLeases,
  ensureSession,
  sessionStore,
  tasks,
  permissions,
  limits,
}: LeaseHandlerDeps): RouteHandlers<
  Pick<Routes, 'acquireLease' | 'takeOverLeases' | 'getLease' | 'renewLease' | 'extendLease' | 'releaseLease'>
> {
  const { mayCover, mayHoldMore, shownTo } = createChecks({ clientLeases, tasks, permissions, limits });

  return {
    async acquireLease({ actor, session, body: { label = actor.name, ...request } }) {
      await mayCover(actor, request);
      await mayHoldMore(actor, session);
      await ensureSession({ actor, sessionSecret: session });
      const holder = { type: 'person', id: session.sessionId, label, actor } as const;
      const answer = await shownTo(actor, await clientLeases.acquire({ ...request, holder }));
      return answer.waiting ? { status: 202, body: answer } : { status: 201, body: answer };
    },

    async getLease({ actor, session, params: { id } }) {
      if ((await sessionStore.examine(session, actor.id)) !== 'proven') {
        throw new RowlockError(
          'forbidden',
          'The session is unknown, has ended, or belongs to another user or client. Acquire the records again.',
        );
      }
      const body = await clientLeases.get(id, { id: session.sessionId, actorId: actor.id });
      return { status: 200, body };
    },

    renewLease: async ({ actor, params, body: { secret } }) => ({
      status: 200,
      body: await clientLeases.renew({ leaseId: params.id, secret }, actor.id),
    }),

    async takeOverLeases({ actor, session, body: { label = actor.name, ...request } }) {
      await mayCover(actor, request);
      await mayHoldMore(actor, session);
      await ensureSession({ actor, sessionSecret: session });
      const holder = { type: 'person', id: session.sessionId, label, actor } as const;
      const lease = await clientLeases.takeOver({ ...request, holder, by: actor });
      return { status: 201, body: { lease } };
    },

    async extendLease({ actor, params: { id }, body: { secret, ...request } }) {
      const covered = await sessionLeases.getRecords(id, actor.id);
      await mayCover(actor, { records: request.records, scope: covered.scope }, covered.records);
      const answer = await sessionLeases.extend({ leaseId: id, secret }, request);
      return { status: 200, body: await shownTo(actor, answer) };
    },

    async releaseLease({ actor, params: { id }, body: { secret, records } }) {
      // Only the user of the lease, also if others know its secret.
      await sessionLeases.getRecords(id, actor.id);
      return {
        status: 200,
        body: { recordCount: await sessionLeases.release({ leaseId: id, secret }, records) },
      };
    },
  };
}

/** The checks of requests for records, and the answers as their users may see them. */
function createChecks({
  clientLeases,
  tasks,
  permissions,
  limits,
}: Pick<LeaseHandlerDeps, 'clientLeases' | 'tasks' | 'permissions' | 'limits'>) {
  /** @throws {RowlockError} `too_many_records`, `unknown_resource`, `forbidden` */
  async function mayCover(
    actor: Actor,
    asked: { records: readonly RecordKey[]; scope: LockScope },
    covered: readonly RecordKey[] = [],
  ): Promise<void> {
    const count = new Set([...covered, ...asked.records]).size;
    if (count > limits.acquiredRecords) {
      throw new RowlockError(
        'too_many_records',
        `The lease would cover ${count} records, and may cover at most ${limits.acquiredRecords}. Nothing was acquired. Launch a ` +
          'task for work on more.',
      );
    }
    await requireAcquire(permissions, { actor }, asked);
  }

  const shownTo = async (actor: Actor, answer: LeaseAnswer): Promise<LeaseAnswer> => ({
    ...answer,
    conflicts: await tasks.describeConflicts(answer.conflicts, { visibleTo: actor }),
  });

  async function mayHoldMore(actor: Actor, { sessionId }: SessionSecret): Promise<void> {
    if ((await clientLeases.count({ id: sessionId, actorId: actor.id })) < limits.heldLeases) return;
    throw new RowlockError(
      'rate_limited',
      `This session holds ${limits.heldLeases} leases, and may hold no more. Release some first.`,
    );
  }

  return { mayCover, mayHoldMore, shownTo };
}
