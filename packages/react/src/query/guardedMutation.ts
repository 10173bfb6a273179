/** The options and the result of `useGuardedMutation`. */
import type { RecordKey } from '@rowlock/protocol';
import type { MutationKey, MutationMeta } from '@tanstack/react-query';
import type { HttpProblem } from '../core/problems/readProblem.ts';
import type { Draft } from '../hooks/useDraft.ts';
import type { SavedData } from './savedAnswer.ts';
import type { SaveFailure } from './saveFailure.ts';
import type { SaveContext } from './saveRequest.ts';

/** The failure of a save on old data. */
export type StaleFailure = Extract<SaveFailure, { kind: 'stale' }>;

export interface GuardedMutationOptions<Result, Variables> {
  /**
   * Sends the save, with the given headers. Returns a `Response`, or the result of another client, and throws its errors. It may
   * be called again for the same save
   */
  mutationFn: (variables: Variables, context: SaveContext) => Promise<Result>;
  /** The lock of `useTaskLock` under which to save. Without it, the leases of this tab prove the save */
  lock?: { readonly records: readonly RecordKey[] } | undefined;
  /** The version of the data that the form shows. Default: that of `draft`. Without any, the server does not check it */
  version?: number | undefined;
  /** The draft of the form. It is settled by the save. Its edits are merged and saved again after a refusal as stale */
  draft?: Draft<Variables & object> | undefined;
  /** The save has succeeded */
  onSuccess?: (data: SavedData<Result>, saved: { variables: Variables; version: number | undefined }) => void;
  /** Somebody else has changed the rows since they were loaded: load them again */
  onStale?: (failure: StaleFailure) => void;
  /** As of TanStack Query */
  mutationKey?: MutationKey;
  /** As of TanStack Query */
  meta?: MutationMeta;
}

/** Props of `<ConflictModal>`, which explains a refusal and sends the save again. */
export interface SaveDialogProps {
  error: HttpProblem | undefined;
  onClose: () => void;
  /** Sends the save again. Only with an `error` */
  onRetryWhenFree?: () => void;
}

/** The outcome of one save. */
export type SaveOutcome<Data> =
  | { ok: true; data: Data; version: number | undefined }
  | { ok: false; failure: SaveFailure };

export interface GuardedMutation<Data, Variables> {
  /** Saves. While a save is under way, it returns the outcome of that one, so that a double click saves once. Never rejects */
  mutate(variables: Variables): Promise<SaveOutcome<Data>>;
  isPending: boolean;
  isSuccess: boolean;
  /** The data of the last save, if it has succeeded */
  data: Data | undefined;
  /** Why the last save has failed */
  failure: SaveFailure | undefined;
  /** A conflict with other holders: for `<ConflictModal error>` */
  conflict: HttpProblem | undefined;
  /** Every failure that a dialog can explain: `conflict`, and others such as not allowed or too large. Also for `<ConflictModal error>` */
  refusal: HttpProblem | undefined;
  /** `refusal` as props: `<ConflictModal lock={lock} {...save.dialog} />`. Its button to retry sends the save again */
  dialog: SaveDialogProps;
  /** Somebody else has changed the rows: for `<StaleNotice>` */
  stale: StaleFailure | undefined;
  /** No answer has come: a sentence which says that the save may have happened. Show it, and nothing else about the save */
  uncertain: string | undefined;
  /** Sends the last save again: the same values, version and idempotency key */
  retry(): Promise<SaveOutcome<Data>>;
  /** Does so when the connection is live, as often as needed, until the server accepts or refuses the save */
  retryWhenPossible(): void;
  /** It waits for that */
  isWaiting: boolean;
  stopWaiting(): void;
  /** After `stale`: saves the values of this user, whatever others have changed */
  keepMine(): Promise<SaveOutcome<Data>>;
  /** The user has read why the save has failed */
  dismiss(): void;
}
