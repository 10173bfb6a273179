import { formatCount } from '../format.ts';
import { Dialog } from '../shell/Dialog.tsx';
import { type Fields, SetFieldInputs, toSet } from './SetFieldInputs.tsx';
import { SET_FIELDS, type TaskChoice } from './taskMenu.ts';

export interface LaunchDialogProps {
  choice: TaskChoice;
  count: number;
  /** The country of the selection, if the filter names one */
  countryId: string | undefined;
  fields: Fields;
  onFields: (fields: Fields) => void;
  isPending: boolean;
  error: Error | undefined;
  /** How many rows are free, and when the others will be. Undefined while nobody knows */
  forecast: string | undefined;
  onCancel: () => void;
  onStart: () => void;
}

/** Says what a task will do to how many rows, and asks for its input. */
export function LaunchDialog(props: LaunchDialogProps) {
  const { choice, count, countryId, fields, onFields, isPending, error, forecast, onCancel, onStart } = props;
  const asksForFields = choice.name === SET_FIELDS;
  const set = toSet(fields);
  const rows = count === 1 ? '1 city' : `${formatCount(count)} cities`;
  return (
    <Dialog title={`${choice.title.replace('…', '')}: ${rows}`} onClose={onCancel} testId="launch-dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onStart();
        }}
      >
        <p>{choice.explanation}</p>
        {asksForFields && <SetFieldInputs fields={fields} countryId={countryId} onChange={onFields} />}
        {!choice.isShared && (
          <p className="hint">
            Until it is done, nobody else can change {count === 1 ? 'this row' : 'these rows'}.
          </p>
        )}
        <p className="hint" data-testid="launch-forecast">
          {forecast ?? 'Looking which rows are free…'}
        </p>
        {error && (
          <p className="notice" data-tone="danger" role="alert">
            {error.message}
          </p>
        )}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={onCancel}>
            Cancel
          </button>
          <button
            type="submit"
            className="button"
            data-kind="primary"
            data-testid="launch-start"
            disabled={isPending || (asksForFields && Object.keys(set).length === 0)}
          >
            {isPending ? 'Starting…' : 'Start'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
