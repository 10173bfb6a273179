import { useCallback } from 'react';
import { useAnnouncement } from '../announcer/useAnnounce.ts';
import { useClient, useTexts } from '../hooks/contexts.ts';
import { useLatest } from '../hooks/useLatest.ts';
import { saveTexts } from '../messages/saveTexts.ts';
import type { GuardedMutation, GuardedMutationOptions } from './guardedMutation.ts';
import type { SavedData } from './savedAnswer.ts';
import { useResaveAfterReload } from './useResaveAfterReload.ts';
import { useRetryWhenPossible } from './useRetryWhenPossible.ts';
import { useSaveRunner } from './useSaveRunner.ts';

/**
 * A save of rows under their lock and on the version that the form shows. No failure is swallowed, and none rejects: `failure` says
 * whether somebody else holds or has changed the rows, or the server refuses, cannot save now, or does not answer.
 */
export function useGuardedMutation<Result, Variables>(
  options: GuardedMutationOptions<Result, Variables>,
): GuardedMutation<SavedData<Result>, Variables> {
  const client = useClient();
  const texts = useTexts(saveTexts);
  const latest = useLatest(options);
  const { mutation, failure, lastRef, run, send } = useSaveRunner(options);
  const { reset, isPending, isSuccess } = mutation;

  const retry = useCallback(async () => {
    const { request } = lastRef.current;
    if (request) return run(request);
    throw new Error('No save can be sent again, since nothing has been saved yet. Call mutate first.');
  }, [run, lastRef]);
  const { start: retryWhenPossible, stop: stopWaiting, isWaiting } = useRetryWhenPossible(client, retry);
  useResaveAfterReload(failure, options.draft, send);
  const uncertain = failure?.kind === 'uncertain' ? texts.saveUncertain() : undefined;
  useAnnouncement(uncertain ?? '');

  const mutate = useCallback(
    (variables: Variables) => {
      stopWaiting();
      const { version, draft } = latest.current;
      return send(variables, version ?? draft?.version);
    },
    [send, stopWaiting, latest],
  );
  const keepMine = useCallback(async () => {
    const { draft } = latest.current;
    const { request, failure: before } = lastRef.current;
    if (draft) {
      const open = draft.conflicts.filter(({ choice }) => choice === undefined).map(({ field }) => field);
      if (open.length > 0) draft.keepMine(...open);
      return send(draft.values as Variables, draft.loadedVersion);
    }
    if (request && before?.kind === 'stale') return send(request.variables, before.version);
    throw new Error(
      'No value can be kept, since no save was refused as stale. Call keepMine while `stale` is there.',
    );
  }, [send, latest, lastRef]);
  const dismiss = useCallback(() => {
    stopWaiting();
    reset();
  }, [reset, stopWaiting]);

  const refusal =
    failure && failure.kind !== 'stale' && failure.kind !== 'uncertain' ? failure.problem : undefined;
  return {
    ...{ mutate, retry, retryWhenPossible, stopWaiting, isWaiting, keepMine, dismiss },
    ...{ isPending, isSuccess, data: mutation.data?.data, failure, uncertain },
    conflict: failure?.kind === 'conflict' ? failure.problem : undefined,
    refusal,
    dialog: { error: refusal, onClose: dismiss, ...(refusal && { onRetryWhenFree: () => void retry() }) },
    stale: failure?.kind === 'stale' ? failure : undefined,
  };
}
