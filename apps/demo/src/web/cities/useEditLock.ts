import type { Conflict } from '@rowlock/protocol';
import { type TaskLock, useTaskLock } from '@rowlock/react';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';

export interface EditLock {
  lock: TaskLock<number>;
  /** What is in the way, while that is being explained */
  inTheWay: readonly Conflict[] | undefined;
  explain: (conflicts: readonly Conflict[]) => void;
  closeExplanation: () => void;
}

/**
 * Holds the row for as long as its form is open. A refusal is explained, until the explanation is closed; from then on
 * the row is taken as soon as it is free. What was read before the row was ours may be out of date, so each time that
 * it becomes ours it is read again.
 */
export function useEditLock(city: { id: number; name: string }, mayEdit: boolean): EditLock {
  const queryClient = useQueryClient();
  const ids = useMemo(() => [city.id], [city.id]);
  const lock = useTaskLock(ids, {
    resource: 'cities',
    acquire: mayEdit ? 'on-mount' : 'manual',
    label: `Edit ${city.name}`,
  });
  const [inTheWay, setInTheWay] = useState<readonly Conflict[]>();
  const isExplained = useRef(false);

  const { isHeld } = lock;
  const refusal = !isHeld && lock.error?.code === 'conflict' ? lock.error : undefined;
  useEffect(() => {
    if (isHeld) {
      isExplained.current = false;
      void queryClient.invalidateQueries({ queryKey: ['city', city.id] });
    } else if (refusal?.conflicts && !isExplained.current) {
      isExplained.current = true;
      setInTheWay(refusal.conflicts);
    }
  }, [isHeld, refusal, city.id, queryClient]);

  const isFreeAgain = refusal !== undefined && lock.status === 'free' && !lock.isStale && !lock.isAcquiring;
  const takesIt = isFreeAgain && inTheWay === undefined;
  const acquire = useRef(lock.acquire);
  useEffect(() => {
    acquire.current = lock.acquire;
  });
  useEffect(() => {
    if (takesIt) void acquire.current();
  }, [takesIt]);

  return {
    lock,
    inTheWay,
    explain: setInTheWay,
    closeExplanation: () => setInTheWay(undefined),
  };
}
