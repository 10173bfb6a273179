import type { Conflict, ReleaseAnswer } from '@rowlock/protocol';
import { useRef, useState } from 'react';
import type { RowlockClientError } from '../../core/rowlockClientError.ts';
import { useClient } from '../../hooks/contexts.ts';
import { useLatest } from '../../hooks/useLatest.ts';

/** A question to the holder of a conflict, whether they release it. */
export type AskState =
  | { kind: 'none' }
  /** The holder has not answered yet */
  | { kind: 'open'; name: string }
  | { kind: 'answered'; name: string; answer: ReleaseAnswer }
  | { kind: 'failed'; name: string; error: RowlockClientError };

export interface ReleaseAsk {
  state: AskState;
  ask(conflict: Conflict, message: string): void;
}

const NOTHING_ASKED: AskState = { kind: 'none' };

/** Asks a holder to release, and keeps the answer, also while no dialog is open. `onReleased` is called if they do. */
export function useReleaseAsk(onReleased: (() => void) | undefined): ReleaseAsk {
  const { leases } = useClient();
  const [state, setState] = useState(NOTHING_ASKED);
  const latest = useLatest(onReleased);
  const asked = useRef(0);
  const ask = async ({ lease, records }: Conflict, message: string) => {
    const { name } = lease.holder.actor;
    asked.current += 1;
    const number = asked.current;
    setState({ kind: 'open', name });
    const outcome = await leases.requestRelease(lease.id, {
      records,
      ...(message.trim() !== '' && { message: message.trim() }),
    });
    if (number !== asked.current) return;
    if (!outcome.ok) return setState({ kind: 'failed', name, error: outcome.error });
    setState({ kind: 'answered', name, answer: outcome.answer });
    if (outcome.answer === 'released') latest.current?.();
  };
  return { state, ask: (conflict, message) => void ask(conflict, message) };
}
