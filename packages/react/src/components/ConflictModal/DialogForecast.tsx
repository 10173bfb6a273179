import type { Conflict } from '@rowlock/protocol';
import { useForecast } from '../../hooks/useForecast.ts';
import type { ConflictLock } from './refusal.ts';

interface DialogForecastProps {
  lock: ConflictLock | undefined;
  /** The conflicts that still block rows. Without a lock they are all that is known */
  inForce: readonly Conflict[];
}

/** When the rows will be free. Shows nothing if nobody knows, as of a person. */
export function DialogForecast({ lock, inForce }: DialogForecastProps) {
  const { text, summary } = useForecast(lock ?? inForce);
  if (summary.groups.length === 0) return null;
  return <p className="rowlock-modal-forecast">{text}.</p>;
}
