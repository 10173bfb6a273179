import type { TaskView } from '@rowlock/protocol';
import { useTexts } from '../../hooks/contexts.ts';
import { dashboardTexts } from '../../messages/dashboardTexts.ts';
import { getThroughput, THROUGHPUT_MINUTES } from './endsPerMinute.ts';

const HEIGHT = 32;
const STEP = 6;
/** The table for screen readers has a row for so many minutes. */
const MINUTES_IN_A_ROW = 5;

/** A small chart of the tasks that ended in each minute, and the same as a table. */
export function Throughput({ tasks, nowMs }: { tasks: readonly TaskView[]; nowMs: number }) {
  const messages = useTexts(dashboardTexts);
  const counts = getThroughput(tasks, nowMs);
  const most = Math.max(1, ...counts);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const summary = messages.throughputSummary(total, THROUGHPUT_MINUTES);
  const rows = Array.from({ length: THROUGHPUT_MINUTES / MINUTES_IN_A_ROW }, (_, index) => ({
    minutesAgo: THROUGHPUT_MINUTES - (index + 1) * MINUTES_IN_A_ROW,
    count: counts
      .slice(index * MINUTES_IN_A_ROW, (index + 1) * MINUTES_IN_A_ROW)
      .reduce((sum, count) => sum + count, 0),
  }));
  return (
    <div className="rowlock-dashboard-fact">
      <span className="rowlock-dashboard-fact-name">{messages.perMinute()}</span>
      <svg
        className="rowlock-throughput"
        viewBox={`0 0 ${THROUGHPUT_MINUTES * STEP} ${HEIGHT}`}
        role="img"
        aria-label={summary}
      >
        <title>{summary}</title>
        {counts.map((count, index) => {
          const height = Math.max(1, (count / most) * HEIGHT);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: the minutes have no other name
              key={index}
              data-empty={count === 0 ? '' : undefined}
              x={index * STEP}
              y={HEIGHT - height}
              width={STEP - 2}
              height={height}
              rx={1}
            />
          );
        })}
      </svg>
      <table className="rowlock-visually-hidden">
        <caption>{summary}</caption>
        <tbody>
          {rows.map(({ minutesAgo, count }) => (
            <tr key={minutesAgo}>
              <th scope="row">{messages.minutesAgo(minutesAgo)}</th>
              <td>{messages.number(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
