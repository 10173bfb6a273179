import type { ProblemBody, TaskView } from '@rowlock/protocol';
import { useRef, useState } from 'react';
import type { CitySelection } from '../../gazetteer/cityFilter.ts';
import { ApiError, request } from '../request.ts';
import type { TaskChoice } from './taskMenu.ts';

export interface LaunchRequest {
  choice: TaskChoice;
  /** How many rows were selected when it was asked for */
  count: number;
  input: { selection: CitySelection; set?: object };
}

/** A launch that other holders are in the way of. */
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

/** Launches a task; a refusal is kept until it is answered or forgotten. */
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
          body: { input: launch.input, withoutHeld },
        });
        forget();
        onStarted();
      } catch (reason) {
        const problem = conflictOf(reason);
        setRefused(problem && { request: launch, problem });
        if (!problem) setError(reason instanceof Error ? reason : new Error(String(reason)));
      } finally {
        isUnderWay.current = false;
        setPending(false);
      }
    },
  };
}

/** The refusal by Rowlock's locks, where it is one. */
export const conflictOf = (error: unknown): ProblemBody | undefined =>
  error instanceof ApiError && error.problem.type === 'urn:rowlock:problem:conflict'
    ? (error.problem as ProblemBody)
    : undefined;
