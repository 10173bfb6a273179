/**
 * Guarded writes, whatever framework serves them: refuses a write to records that somebody else holds, and locks them while
 * the write runs.
 *
 * The records are held until the handler has ended, which the adapter reports. Nobody can lock the records between the
 * check and the write. There are two exceptions: the caller releases their own lease while their write still runs, or the
 * handler exceeds its limit. The write itself covers that too if it checks its fence.
 *
 * A write that names the version of its data is refused if the data is old (P16). The check happens under the lease. The
 * change of a write is noted before its records are unlocked, so the next holder sees it.
 */
import { type RecordKey, RecordKeyError } from '@rowlock/protocol';
import { RowlockError } from '../../errors.ts';
import { runWithTransferable } from '../../locks/leases/criticalSections.ts';
import type { Logger } from '../../logger.ts';
import type { Origins } from '../../origins.ts';
import type { Permissions } from '../../permissions.ts';
import type { InternalVersions } from '../../versions/versions.ts';
import type { HttpRequest } from '../httpRequest.ts';
import { type ChangeNotes, createChangeNotes } from './changeNotes.ts';
import { type GuardedWrite, KEEP_AFTER_CLOSE_MS, type WriteOptions } from './guardOptions.ts';
import { type HeldRecords, type HoldDeps, holdRecords } from './heldRecords.ts';
import { readVersion } from './versionHeader.ts';
import { readSecrets } from './writeSecrets.ts';

export interface GuardDeps extends HoldDeps {
  namespace: string;
  permissions: Permissions;
  versions: Pick<InternalVersions, 'note' | 'assertFresh'>;
  origins: Origins;
  logger: Logger;
}

interface BegunWrite extends Pick<HeldRecords, 'abort'> {
  /** For the handler */
  write: GuardedWrite;
  /**
   * Runs the handler, whose tasks can take the records over until `end`. Resolves to what `handler` returns as soon as
   * that is known.
   */
  run<T>(handler: () => T | Promise<T>): Promise<T>;
  /**
   * The handler has written. Stores the change, and resolves to its version: undefined if nothing is guarded, or if Redis
   * does not answer. Call it before the answer ends. Never rejects
   */
  noteChange: ChangeNotes['note'];
  /** The handler has ended, or has reached its limit: unlocks the records after all changes are noted. Called once */
  end(how: 'ended' | 'at limit'): void;
}

export interface GuardedWrites {
  /**
   * Checks origin, user and permission, and locks the records.
   * @throws {ConflictError} {RowlockError} `bad_request`, `unauthenticated`, `forbidden`, `lease_lost`, `stale`,
   * `unavailable`
   */
  begin<Args extends readonly unknown[]>(
    request: HttpRequest,
    args: Args,
    options: WriteOptions<Args>,
  ): Promise<BegunWrite>;
}

export function createGuardedWrites(deps: GuardDeps): GuardedWrites {
  const { namespace, permissions, versions, origins, logger } = deps;
  const assertRecords: Permissions['assertRecords'] = permissions.assertRecords;

  return {
    async begin(request, args, options) {
      const { records: recordsOf, label, keepAfterCloseMs = KEEP_AFTER_CLOSE_MS } = options;
      origins.require(request);
      const actor = await permissions.authenticate(request.credentials);
      const records = await askRecords(() => recordsOf(...args));
      assertRecords(records);
      await permissions.require({ actor, action: 'write', records });
      const since = readVersion(request.headers, options);
      const held = await holdRecords(deps, {
        records,
        actor,
        label: label?.(...args) ?? actor.name,
        secrets: readSecrets(request.headers),
      });
      const by = held.holderId ?? actor.id;
      if (since !== undefined) {
        await versions.assertFresh(records, since, { by, actorId: actor.id }).catch((error: unknown) => {
          held.end();
          throw error;
        });
      }
      const changes = createChangeNotes(deps, { records, by, actor }, request);

      let noteEnd = () => {};
      const ended = new Promise<void>((resolve) => {
        noteEnd = resolve;
      });
      return {
        write: { actor, ...held.lease, signal: held.signal },
        abort: held.abort,
        run: <T>(handler: () => T | Promise<T>) =>
          new Promise<T>((resolve, reject) => {
            void runWithTransferable({ namespace, transferable: held.transferable }, () => {
              new Promise<T>((begun) => begun(handler())).then(resolve, reject);
              return ended;
            });
          }),
        noteChange: changes.note,
        end(how) {
          noteEnd();
          void changes.settled().then(held.end);
          if (how === 'at limit') logger.warn(overLimit(request, keepAfterCloseMs));
        },
      };
    },
  };
}

/** The id is from the client, so a malformed id is not a fault of the server. */
async function askRecords(
  ask: () => readonly RecordKey[] | Promise<readonly RecordKey[]>,
): Promise<RecordKey[]> {
  try {
    return [...(await ask())];
  } catch (error) {
    throw error instanceof RecordKeyError ? new RowlockError('bad_request', error.message) : error;
  }
}

const overLimit = ({ method, path }: HttpRequest, limitMs: number): string =>
  `the handler of ${method} ${path} has not ended ${limitMs} ms after its connection was closed, so its records are ` +
  'unlocked while it may still write. Stop it when `signal` aborts, or raise `keepAfterCloseMs`. If `guard` is middleware, pass ' +
  'it to `guard(options, handler)`';
