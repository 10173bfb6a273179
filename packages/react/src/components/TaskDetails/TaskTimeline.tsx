import type { TaskView } from '@rowlock/protocol';
import { useTexts } from '../../hooks/contexts.ts';
import { useNow } from '../../hooks/useNow.ts';
import { dashboardTexts } from '../../messages/dashboardTexts.ts';

const AGO_EVERY_MS = 20_000;

/** When a task was launched, when it started, how often, and when it ended. */
export function TaskTimeline({ task }: { task: TaskView }) {
  const messages = useTexts(dashboardTexts);
  const nowMs = useNow(AGO_EVERY_MS);
  const { createdAt, notBefore, startedAt, endedAt, attempt } = task;
  const moments = [
    [messages.created(), createdAt],
    [messages.notBefore(), startedAt === undefined ? notBefore : undefined],
    [messages.started(), startedAt],
    [messages.ended(), endedAt],
  ] as const;
  return (
    <dl className="rowlock-details-times">
      {moments.map(
        ([name, atMs]) =>
          atMs !== undefined && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <time dateTime={new Date(atMs).toISOString()} title={messages.exactTime(atMs)}>
                  {atMs > nowMs ? messages.exactTime(atMs) : messages.ago(atMs, nowMs)}
                </time>
              </dd>
            </div>
          ),
      )}
      {attempt > 1 && (
        <div>
          <dt>{messages.attempts()}</dt>
          <dd>{messages.number(attempt)}</dd>
        </div>
      )}
    </dl>
  );
}
