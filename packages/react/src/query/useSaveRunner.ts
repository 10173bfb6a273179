import { useMutation } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { useClient } from '../hooks/contexts.ts';
import { useLatest } from '../hooks/useLatest.ts';
import type { GuardedMutationOptions, SaveOutcome } from './guardedMutation.ts';
import { readSaved, type SavedAnswer, type SavedData } from './savedAnswer.ts';
import { SaveError, toSaveFailure } from './saveFailure.ts';
import { createSaveRequest, getSaveHeaders, type SaveRequest } from './saveRequest.ts';

/** Sends saves, one at a time, as a mutation of TanStack Query. */
export function useSaveRunner<Result, Variables>(options: GuardedMutationOptions<Result, Variables>) {
  type Outcome = SaveOutcome<SavedData<Result>>;
  const client = useClient();
  const latest = useLatest(options);
  const { mutationKey, meta } = options;
  const mutation = useMutation<SavedAnswer<Result>, SaveError, SaveRequest<Variables>>({
    ...(mutationKey && { mutationKey }),
    ...(meta && { meta }),
    // The request itself finds out whether the server can be reached.
    networkMode: 'always',
    retry: false,
    throwOnError: false,
    mutationFn: async ({ variables, version, idempotencyKey }) => {
      const { mutationFn, lock } = latest.current;
      const headers = getSaveHeaders(client, lock?.records, version);
      try {
        return await readSaved(await mutationFn(variables, { headers, version, idempotencyKey }));
      } catch (thrown) {
        throw new SaveError(await toSaveFailure(thrown));
      }
    },
    onSuccess: ({ data, version }, { variables }) => {
      latest.current.draft?.markSaved({ submitted: variables as Variables & object, version });
      latest.current.onSuccess?.(data, { variables, version });
    },
    onError: ({ failure }) => {
      if (failure.kind === 'uncertain') client.connection.check();
      if (failure.kind === 'stale') latest.current.onStale?.(failure);
    },
  });

  const { mutateAsync } = mutation;
  const running = useRef<Promise<Outcome>>(undefined);
  /** While a save is under way, its outcome: a double click saves once. */
  const run = useCallback(
    (request: SaveRequest<Variables>): Promise<Outcome> => {
      running.current ??= mutateAsync(request)
        .then(
          (answer): Outcome => ({ ok: true, ...answer }),
          (error: SaveError): Outcome => ({ ok: false, failure: error.failure }),
        )
        .finally(() => {
          running.current = undefined;
        });
      return running.current;
    },
    [mutateAsync],
  );

  const failure = mutation.error?.failure;
  const lastRef = useLatest({ request: mutation.variables, failure });
  const send = useCallback(
    (variables: Variables, version: number | undefined) =>
      run(createSaveRequest(variables, version, lastRef.current)),
    [run, lastRef],
  );
  return { mutation, failure, lastRef, run, send };
}
