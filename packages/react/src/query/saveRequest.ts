/** One save: its headers, and what it has in common with its repetitions. */
import { type RecordKey, VERSION_HEADER } from '@rowlock/protocol';
import type { AnyRowlockClient } from '../core/client.ts';
import { isSameValue } from '../core/draft/edits.ts';
import { randomToken } from '../core/randomToken.ts';
import type { SaveFailure } from './saveFailure.ts';

/** A save, with everything that a repetition must not change. */
export interface SaveRequest<Variables> {
  variables: Variables;
  /** The version of the data that the save is based on */
  version: number | undefined;
  /** The same for all repetitions of one save */
  idempotencyKey: string;
}

/** For `mutationFn`: the parts of the request that come from Rowlock. */
export interface SaveContext {
  /** Prove the lock on the rows, and name the version of the data. Send them with the request */
  headers: Record<string, string>;
  version: number | undefined;
  /** The same if this save is sent again. For servers that remember such keys, for example as the header `Idempotency-Key` */
  idempotencyKey: string;
}

/**
 * A new save. The same variables after a save whose outcome is not known are that save once more, with its key.
 */
export function createSaveRequest<Variables>(
  variables: Variables,
  version: number | undefined,
  before?: { request: SaveRequest<Variables> | undefined; failure: SaveFailure | undefined },
): SaveRequest<Variables> {
  const { request, failure } = before ?? {};
  const isUnsettled = failure?.kind === 'uncertain' || failure?.kind === 'unavailable';
  const isRepeated = isUnsettled && request && isSameValue(request.variables, variables);
  return { variables, version, idempotencyKey: isRepeated ? request.idempotencyKey : randomToken() };
}

/** Also without a lock: then they prove all leases of this tab. */
export function getSaveHeaders(
  client: AnyRowlockClient,
  records: readonly RecordKey[] | undefined,
  version: number | undefined,
): Record<string, string> {
  if (records) return client.leases.headers(records, { version });
  return {
    ...client.leases.sessionHeaders(),
    ...(version !== undefined && { [VERSION_HEADER]: String(version) }),
  };
}
