import type { ProblemBody, TaskView } from '@rowlock/protocol';
import { useRef, useState } from 'react';
import type { CitySelection } from '../../gazetteer/cityFilter.ts';
import { ApiError, OfflineError, request } from '../request.ts';
import type { TaskChoice } from './taskMenu.ts';

interface LaunchRequest {
  choice: TaskChoice;
  /** The number of rows that were selected */
  count: number;
  input: { selection: CitySelection; set?: object };
  /** Stays the same for the same input, so that a launch whose answer was lost is found again, and not repeated */
  key: string;
}

/** A launch that other holders block. */
export interface RefusedLaunch {
  request: LaunchRequest;
  problem: ProblemBody;
}

export interface Launch {
  isPending: boolean;
  error: Error | undefined;
  refused: RefusedLaunch | undefined;
  start(launch: LaunchRequest, how?: { withoutHeld: boolean }): Promise<void>;
  forget(): void;
}

/** Launches a task. A refusal is kept until the user answers it or closes it. */
export function useLaunch(onStarted: () => void): Launch {
  const [isPending, setPending] = useState(false);
  const isUnderWay = useRef(false);
  const [error, setError] = useState<Error>();
  const [refused, setRefused] = useState<RefusedLaunch>();
  const forget = () => {
    setError(undefined);
    setRefused(undefined);
  };
  return {
    isPending,
    error,
    refused,
    forget,
    async start(launch, { withoutHeld } = { withoutHeld: false }) {
      // A double click is one launch.
      if (isUnderWay.current) return;
      isUnderWay.current = true;
      setPending(true);
      setError(undefined);
      try {
        await request<TaskView>(`/api/tasks/${launch.choice.name}`, {
          method: 'POST',
          headers: { 'Idempotency-Key': launch.key },
          body: { input: launch.input, withoutHeld },
        });
        forget();
        onStarted();
      } catch (reason) {
        const problem = conflictOf(reason);
        setRefused(problem && { request: launch, problem });
        if (!problem) setError(errorOf(reason));
      } finally {
        isUnderWay.current = false;
        setPending(false);
      }
    },
  };
}

function errorOf(reason: unknown): Error {
  if (isAnswerLost(reason)) {
    return new Error(
      'No answer has come, so the task may be launched or not. Start again in a moment. It is launched once at most.',
      { cause: reason },
    );
  }
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** If Redis does not answer in time, it may have done the work all the same. */
const isAnswerLost = (reason: unknown): boolean =>
  reason instanceof OfflineError || (reason instanceof ApiError && reason.problem.status === 503);

/** The problem, if Rowlock's locks refused the request. */
const conflictOf = (error: unknown): ProblemBody | undefined =>
  error instanceof ApiError && error.problem.type === 'urn:rowlock:problem:conflict'
    ? (error.problem as ProblemBody)
    : undefined;
