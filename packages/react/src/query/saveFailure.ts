/** Why a save has failed, and what that means for the user. Each failure is exactly one of these. */
import type { RecordChange } from '@rowlock/protocol';
import { type HttpProblem, readProblem } from '../core/problems/readProblem.ts';

export type SaveFailure =
  /** Somebody else holds some of the rows. Nothing was saved */
  | { kind: 'conflict'; problem: HttpProblem }
  /** Somebody else has changed some of the rows since they were loaded. Nothing was saved */
  | {
      kind: 'stale';
      problem: HttpProblem;
      /** By whom, how and when, newest first. Empty if the server no longer knows */
      changes: readonly RecordChange[];
      /** The version of the data now */
      version: number | undefined;
    }
  /** The server cannot save now, and may later. The text of the problem says whether anything was saved */
  | { kind: 'unavailable'; problem: HttpProblem }
  /** The server has refused it for another reason: not allowed, malformed, too large, … */
  | { kind: 'refused'; problem: HttpProblem }
  /** No answer has come, so it may have been saved or not */
  | { kind: 'uncertain'; cause: unknown };

/** The failure of a save, as TanStack Query keeps and reports it. */
export class SaveError extends Error {
  readonly failure: SaveFailure;

  constructor(failure: SaveFailure) {
    super(
      failure.kind === 'uncertain'
        ? 'No answer has come from the server, so the save may have happened or not. Save again: the same save happens once.'
        : failure.problem.detail,
      failure.kind === 'uncertain' ? { cause: failure.cause } : undefined,
    );
    this.name = 'SaveError';
    this.failure = failure;
  }
}

/** The failure of a request that was refused, or that failed in another way. */
export async function toSaveFailure(thrown: unknown): Promise<SaveFailure> {
  const problem = await readProblem(thrown);
  if (!problem) return isNetworkFailure(thrown) ? { kind: 'uncertain', cause: thrown } : toRefusal(thrown);
  const { status, code, version, changes } = problem;
  if (code === 'conflict') return { kind: 'conflict', problem };
  if (code === 'stale') return { kind: 'stale', problem, changes: changes ?? [], version };
  if (code === 'unavailable' || code === 'rate_limited') return { kind: 'unavailable', problem };
  // A gateway may have passed the request on before it gave up.
  if (status === 502 || status === 504) return { kind: 'uncertain', cause: thrown };
  return { kind: 'refused', problem };
}

/** An error of the application's own code, before the request or after it. Its text is all that is known. */
function toRefusal(thrown: unknown): SaveFailure {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  const problem: HttpProblem = {
    ...{ type: 'about:blank', title: 'The save failed', status: 0, code: 'internal' },
    ...{ detail, message: detail, body: undefined },
  };
  return { kind: 'refused', problem };
}

/** The words in which browsers and Node report that no answer has come. The type alone is that of any programming error. */
const NETWORK_TEXT =
  /failed to fetch|load failed|networkerror|network error|fetch failed|network request failed|no response/i;
const NETWORK_NAMES = new Set(['AbortError', 'TimeoutError', 'NetworkError', 'OfflineError']);
const NETWORK_CODES = new Set(['ERR_NETWORK', 'ECONNABORTED', 'ETIMEDOUT', 'ECONNRESET', 'ERR_CANCELED']);

function isNetworkFailure(thrown: unknown, levels = 5): boolean {
  if (!(thrown instanceof Error) && !(thrown instanceof DOMException)) return false;
  const { code, cause } = thrown as { code?: unknown; cause?: unknown };
  return (
    NETWORK_NAMES.has(thrown.name) ||
    NETWORK_CODES.has(String(code)) ||
    NETWORK_TEXT.test(thrown.message) ||
    (levels > 0 && isNetworkFailure(cause, levels - 1))
  );
}
