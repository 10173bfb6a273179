import { useState } from 'react';
import type { IncomingReleaseRequest } from '../../core/releaseRequests.ts';

/** Saves the changes, also as a promise. `false`, or an error, keeps the row. */
export type SaveBeforeRelease = (request: IncomingReleaseRequest) => unknown;

export interface ReleaseAnswering {
  /** `saving`: `onSave` is under way. `sending`: the answer is */
  phase: 'open' | 'saving' | 'sending';
  /** Why the last answer did not arrive */
  failure?: 'not-saved' | 'not-answered';
  /** Saves first, if there is something to save. */
  release(): Promise<void>;
  decline(answer: 'later' | 'refused'): Promise<void>;
}

/** The behaviour of `<ReleaseRequest>`: answers one request. */
export function useReleaseAnswer(
  request: IncomingReleaseRequest,
  onSave: SaveBeforeRelease | undefined,
): ReleaseAnswering {
  const [phase, setPhase] = useState<ReleaseAnswering['phase']>('open');
  const [failure, setFailure] = useState<ReleaseAnswering['failure']>();

  const send = async (answer: 'released' | 'later' | 'refused') => {
    setPhase('sending');
    const outcome = await request.answer(answer);
    setPhase('open');
    if (!outcome.ok) setFailure('not-answered');
  };
  return {
    phase,
    ...(failure && { failure }),
    async release() {
      setFailure(undefined);
      setPhase('saving');
      if (await isSaved(request, onSave)) return send('released');
      setPhase('open');
      setFailure('not-saved');
    },
    decline(answer) {
      setFailure(undefined);
      return send(answer);
    },
  };
}

async function isSaved(
  request: IncomingReleaseRequest,
  onSave: SaveBeforeRelease | undefined,
): Promise<boolean> {
  try {
    return (await onSave?.(request)) !== false;
  } catch {
    // The application reports the error of its own save. Here it means: nothing is released.
    return false;
  }
}
