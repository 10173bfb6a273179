/** The dialog of the stories about `ConflictModal`: open from the start, for a lock on the first rows. */
import { ConflictModal, type ConflictModalProps, useTaskLock } from '@rowlock/react';
import type { MemoryServer } from '@rowlock/react/testing';
import { useState } from 'react';
import { cities, cityName, MINUTE_MS } from './sampleRows.ts';
import { bo, Stage, type StageProps } from './stage.tsx';

export type DialogArgs = Omit<ConflictModalProps, 'open' | 'onClose' | 'lock'> &
  Omit<StageProps, 'children'> & {
    /** The number of requested rows */
    wanted?: number;
    onClose?: () => void;
  };

export function Dialog({ set, move, ...props }: DialogArgs) {
  return (
    <Stage {...(set && { set })} {...(move && { move })}>
      <Opened {...props} />
    </Stage>
  );
}

function Opened({ wanted = 25, onClose, ...props }: Omit<DialogArgs, 'set' | 'move'>) {
  const [open, setOpen] = useState(true);
  const ids = cities(wanted).map((_, index) => index);
  const lock = useTaskLock(ids, { resource: 'cities' });
  const close = () => {
    setOpen(false);
    onClose?.();
  };
  const isReady = props.error !== undefined || lock.status !== 'pending';
  return (
    <>
      <button type="button" className="rowlock-button" onClick={() => setOpen(true)}>
        Open
      </button>
      <ConflictModal
        open={open && isReady}
        recordLabel={cityName}
        total={wanted}
        onClose={close}
        {...(props.error === undefined && { lock })}
        {...props}
      />
    </>
  );
}

/** The time so many minutes ago, in ms. */
export const ago = (minutes: number) => Date.now() - minutes * MINUTE_MS;

/** One task blocks all rows of the page. */
export function blockAll(server: MemoryServer): void {
  server.startTask({
    label: 'Normalise names · France',
    actor: bo,
    records: cities(25),
    createdAt: ago(2),
    progress: { done: 3_712, total: 8_836, stage: 'Normalising names', etaMs: 72_000 },
  });
}
