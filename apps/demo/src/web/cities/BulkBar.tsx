import { X } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import type { CitySelection } from '../../gazetteer/cityFilter.ts';
import { MAX_TASK_ROWS } from '../../gazetteer/taskLimits.ts';
import type { User } from '../../gazetteer/users.ts';
import { formatCount } from '../format.ts';
import { focusTable } from '../table/focusTable.ts';
import { LaunchTask } from './LaunchTask.tsx';
import { type TaskChoice, taskMenu } from './taskMenu.ts';

export interface BulkBarProps {
  user: User;
  count: number;
  total: number;
  isAll: boolean;
  input: CitySelection;
  countryId: string | undefined;
  onSelectAll: () => void;
  onClear: () => void;
}

/** Appears with the first selected row. Shows how many are selected, and the actions for them. */
export function BulkBar({ user, count, total, isAll, input, countryId, onSelectAll, onClear }: BulkBarProps) {
  const [choice, setChoice] = useState<TaskChoice>();
  const mayLaunch = user.role !== 'viewer';
  const isTooMany = count > MAX_TASK_ROWS;
  const bar = useRef<HTMLElement>(null);
  const isOpen = count > 0;
  // When the bar disappears, the focus moves from its buttons back to the table.
  useLayoutEffect(() => {
    if (!isOpen && bar.current?.contains(document.activeElement)) focusTable();
  }, [isOpen]);
  return (
    <>
      <section
        ref={bar}
        className="bulkBar"
        data-open={isOpen || undefined}
        aria-label="Bulk actions"
        inert={!isOpen}
      >
        <span className="bulkBar-count" data-testid="selected-count">
          {formatCount(count)} selected
        </span>
        {!isAll && count < total && (
          <button type="button" className="link" data-testid="select-all-matching" onClick={onSelectAll}>
            Select all {formatCount(total)} that match
          </button>
        )}
        <span className="bulkBar-actions">
          <Actions mayLaunch={mayLaunch} isTooMany={isTooMany} onChoose={setChoice} />
        </span>
        <button type="button" className="iconButton" aria-label="Clear selection" onClick={onClear}>
          <X size={16} aria-hidden />
        </button>
      </section>
      {choice && (
        <LaunchTask
          choice={choice}
          count={count}
          countryId={countryId}
          selection={input}
          onClose={() => setChoice(undefined)}
          onLaunched={() => {
            setChoice(undefined);
            onClear();
          }}
        />
      )}
    </>
  );
}

interface ActionsProps {
  mayLaunch: boolean;
  isTooMany: boolean;
  onChoose: (choice: TaskChoice) => void;
}

/** A button for each task, or why there are no buttons. */
function Actions({ mayLaunch, isTooMany, onChoose }: ActionsProps) {
  if (isTooMany) return `A task takes ${formatCount(MAX_TASK_ROWS)} rows at most: narrow the filters.`;
  if (!mayLaunch) return 'You may watch. Editors and admins launch tasks.';
  return taskMenu.map((choice) => (
    <button
      key={choice.name}
      type="button"
      className="button"
      data-size="small"
      data-testid={`bulk-${choice.name}`}
      onClick={() => onChoose(choice)}
    >
      <choice.icon size={14} aria-hidden />
      {choice.title}
    </button>
  ));
}
