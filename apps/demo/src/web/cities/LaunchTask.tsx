import { ConflictModal, type RowlockClientError, useForecast, useLaunchTask } from '@rowlock/react';
import { useEffect, useState } from 'react';
import type { CitySelection } from '../../gazetteer/cityFilter.ts';
import { LaunchDialog } from './LaunchDialog.tsx';
import { NO_FIELDS, toSet } from './SetFieldInputs.tsx';
import { SET_FIELDS, type TaskChoice } from './taskMenu.ts';
import { useCityLabel } from './useCityLabel.ts';

export interface LaunchTaskProps {
  choice: TaskChoice;
  /** The number of rows that are selected */
  count: number;
  selection: CitySelection;
  countryId: string | undefined;
  onClose: () => void;
  onLaunched: () => void;
}

/** Asks for the input of a task and launches it. If others block rows, it shows them and the choices. */
export function LaunchTask({ choice, count, selection, countryId, onClose, onLaunched }: LaunchTaskProps) {
  const [fields, setFields] = useState(NO_FIELDS);
  const [blocked, setBlocked] = useState<RowlockClientError>();
  const { status, error, launch, preview, previewed } = useLaunchTask(choice.name);
  const forecast = useForecast(previewed.preview);
  const conflicts = blocked?.conflicts ?? [];
  const recordLabel = useCityLabel(conflicts);
  const blockedCount = conflicts.reduce((sum, { recordCount }) => sum + recordCount, 0);

  // The rows are the same whatever the task sets.
  const input = choice.name === SET_FIELDS ? { selection, set: toSet(fields) } : { selection };
  const inputKey = JSON.stringify(input);
  useEffect(() => preview(JSON.parse(inputKey) as typeof input), [preview, inputKey]);

  const start = async (onConflict: 'refuse' | 'skip' = 'refuse') => {
    const outcome = await launch(input, { onConflict });
    if (outcome.ok) onLaunched();
    else setBlocked(outcome.error.code === 'conflict' ? outcome.error : undefined);
  };

  if (blocked) {
    return (
      <ConflictModal
        key={conflicts[0]?.lease.id}
        error={blocked}
        total={count}
        recordLabel={recordLabel}
        onClose={onClose}
        onRetryWhenFree={() => void start()}
        {...(blockedCount < count && { onContinueWithFree: () => void start('skip') })}
      />
    );
  }
  return (
    <LaunchDialog
      choice={choice}
      count={count}
      countryId={countryId}
      fields={fields}
      onFields={setFields}
      isPending={status === 'launching'}
      error={error}
      forecast={previewed.error ? '' : previewed.preview && forecast.text}
      onCancel={onClose}
      onStart={() => void start()}
    />
  );
}
