import { idOf, type RecordKey, type TaskView } from '@rowlock/protocol';
import { useTexts } from '../../hooks/contexts.ts';
import { useRetry } from '../../hooks/useRetry.ts';
import { useTaskFailures } from '../../hooks/useTaskFailures.ts';
import { outcomeTexts } from '../../messages/outcomeTexts.ts';

export interface FailedRowsProps {
  task: TaskView;
  /** The name of a row. Default: its id */
  recordLabel?: ((record: RecordKey) => string) | undefined;
  /** The reason for people, if you know it better than the task. Default: the task's own words */
  explainError?: ((error: string, record: RecordKey) => string | undefined) | undefined;
  /** Rows of one page. Default 5 */
  pageSize?: number;
}

/** The rows of a task that failed, by name and with reasons, and a way to retry them. */
export function FailedRows({ task, recordLabel = idOf, explainError, pageSize = 5 }: FailedRowsProps) {
  const messages = useTexts(outcomeTexts);
  const { failures, isLoading, hasMore, loadMore, error } = useTaskFailures(task.id, { pageSize });
  return (
    <div className="rowlock-failed">
      {isLoading && <p className="rowlock-failed-note">{messages.loadingFailedRows()}</p>}
      {error && <p className="rowlock-failed-note">{error.message}</p>}
      <ul className="rowlock-failed-list">
        {failures.map((failure) => {
          const explained = explainError?.(failure.error, failure.record);
          return (
            <li key={failure.record} className="rowlock-failed-row">
              <bdi className="rowlock-failed-name">{recordLabel(failure.record)}</bdi>{' '}
              <span
                className="rowlock-failed-reason"
                title={explained === undefined ? undefined : failure.error}
              >
                {explained ?? failure.error}
              </span>
            </li>
          );
        })}
      </ul>
      {hasMore && (
        <button type="button" className="rowlock-button" data-variant="quiet" onClick={loadMore}>
          {messages.moreFailedRows()}
        </button>
      )}
    </div>
  );
}

/** Retries a task, or only its failed rows, and says why that was refused. */
export function RetryButton({ task, onlyFailed = false }: { task: TaskView; onlyFailed?: boolean }) {
  const messages = useTexts(outcomeTexts);
  const { retry, isRetrying, error } = useRetry(task.id);
  const words = onlyFailed ? messages.retryFailed() : messages.retryTask();
  return (
    <>
      <button
        type="button"
        className="rowlock-button"
        data-variant="quiet"
        aria-label={onlyFailed ? messages.retryFailedOf(task.label) : messages.retryTaskOf(task.label)}
        aria-disabled={isRetrying}
        onClick={() => void retry({ onlyFailed })}
      >
        {isRetrying ? messages.retrying() : words}
      </button>
      {error && (
        <span className="rowlock-failed-note" role="alert">
          {error.message}
        </span>
      )}
    </>
  );
}
