/**
 * Notes the changes of a guarded write. If Redis does not answer, the write stands, and the note is tried again while the
 * records stay locked. So nobody can write them on old data meanwhile.
 */
import type { Actor, RecordKey } from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { Logger } from '../../logger.ts';
import { retryUntilAnswered } from '../../tasks/store/retryUntilAnswered.ts';
import type { InternalVersions } from '../../versions/versions.ts';
import type { HttpRequest } from '../httpRequest.ts';

const LIMIT_MS = 30_000;

export interface ChangeNotes {
  /** Resolves to the version of the change. Undefined if there are no records, or if the first try fails */
  note(): Promise<number | undefined>;
  /** Resolves when every note is stored, or given up. Never rejects */
  settled(): Promise<void>;
}

export function createChangeNotes(
  deps: { versions: Pick<InternalVersions, 'note'>; clock: Clock; logger: Logger },
  write: { records: readonly RecordKey[]; by: string; actor: Actor },
  { method, path }: Pick<HttpRequest, 'method' | 'path'>,
): ChangeNotes {
  const { versions, clock, logger } = deps;
  let pending: Promise<unknown> = Promise.resolve();

  const store = () => versions.note({ ...write, how: 'write' });
  const giveUp = (error: unknown) =>
    logger.error(
      `${method} ${path} has written, and its change could not be noted. A screen with older data may overwrite it. ` +
        'Call `rowlock.changed` with its records',
      error,
    );

  return {
    note() {
      if (write.records.length === 0) return Promise.resolve(undefined);
      const first = store();
      const stored = first.catch(() => retryUntilAnswered(store, { clock, limitMs: LIMIT_MS }).catch(giveUp));
      pending = Promise.all([pending, stored]);
      return first.catch(() => undefined);
    },
    async settled() {
      await pending;
    },
  };
}
