'use client';
/** `@rowlock/react/query`: saves and live data by TanStack Query. */

export type {
  GuardedMutation,
  GuardedMutationOptions,
  SaveDialogProps,
  SaveOutcome,
  StaleFailure,
} from './guardedMutation.ts';
export { locksQueryOptions, taskQueryOptions, tasksQueryOptions } from './queryOptions.ts';
export type { SavedData } from './savedAnswer.ts';
export { SaveError, type SaveFailure } from './saveFailure.ts';
export type { SaveContext } from './saveRequest.ts';
export { useGuardedMutation } from './useGuardedMutation.ts';
export { type InvalidationMap, useInvalidateChanged } from './useInvalidateChanged.ts';
