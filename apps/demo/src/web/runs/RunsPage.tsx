import { useState } from 'react';
import type { RunView } from '../../gazetteer/runView.ts';
import { formatCount, formatDuration, formatExact, formatWhen } from '../format.ts';
import { useRuns } from '../queries.ts';
import { type Column, DataTable } from '../table/DataTable.tsx';
import { EmptyList, ListError } from '../table/ListState.tsx';
import { Pager } from '../table/Pager.tsx';
import { PAGE_SIZE, useListParams } from '../table/useListParams.ts';
import { AwayNotice } from './AwayNotice.tsx';
import { FailureNotices } from './FailureNotices.tsx';
import { LagNotice } from './LagNotice.tsx';
import { RunFilters } from './RunFilters.tsx';
import { RunState } from './RunState.tsx';
import { useCatchUp } from './useCatchUp.ts';
import { useRefreshRuns } from './useRefreshRuns.ts';

const DEFAULTS = { sort: 'createdAt', dir: 'desc', filters: ['q', 'state'] } as const;

const COLUMNS: Column<RunView>[] = [
  {
    id: 'run',
    header: 'Task',
    sort: 'label',
    cell: (run) => (
      <>
        <span className="cellMain" title={run.label}>
          {run.label}
        </span>
        <span className="cellUnder">
          {run.actorName} · {formatWhen(run.createdAt)} · {rowsInWords(run)}
        </span>
        {run.reason && <span className="cellUnder runReason">{run.reason}</span>}
      </>
    ),
  },
  { id: 'state', header: 'State', cell: (run) => <RunState run={run} /> },
  {
    id: 'rows',
    header: 'Rows done',
    sort: 'rowCount',
    firstDir: 'desc',
    align: 'right',
    show: 'wide',
    cell: (run) => (
      <>
        {formatCount(run.doneCount)}
        <span className="unset"> / {formatCount(run.rowCount)}</span>
      </>
    ),
  },
  {
    id: 'failed',
    header: 'Failed',
    sort: 'failedCount',
    firstDir: 'desc',
    align: 'right',
    show: 'wider',
    cell: ({ failedCount }) =>
      failedCount > 0 ? (
        <span className="runFailed">{formatCount(failedCount)}</span>
      ) : (
        <span className="unset">–</span>
      ),
  },
  { id: 'actor', header: 'By', sort: 'actor', show: 'wide', cell: ({ actorName }) => actorName },
  {
    id: 'created',
    header: 'Launched',
    sort: 'createdAt',
    firstDir: 'desc',
    show: 'wide',
    cell: ({ createdAt }) => <time title={formatExact(createdAt)}>{formatWhen(createdAt)}</time>,
  },
  {
    id: 'took',
    header: 'Took',
    align: 'right',
    show: 'widest',
    cell: ({ startedAt, endedAt }) =>
      startedAt === null || endedAt === null ? (
        <span className="unset">–</span>
      ) : (
        formatDuration(endedAt - startedAt)
      ),
  },
  {
    id: 'reason',
    header: 'Reason',
    show: 'wide',
    cell: ({ reason }) => reason && <span title={reason}>{reason}</span>,
  },
];

function rowsInWords({ doneCount, rowCount, failedCount }: RunView): string {
  const done = doneCount === rowCount ? '' : `${formatCount(doneCount)} of `;
  const failed = failedCount === 0 ? '' : `, ${formatCount(failedCount)} failed`;
  return `${done}${formatCount(rowCount)} rows${failed}`;
}

/** The runs of tasks, from the demo's own table, which keeps them longer than Rowlock does. */
export function RunsPage() {
  const list = useListParams(DEFAULTS);
  const runs = useRuns(list.query);
  const isLagging = useCatchUp('runs', runs.data, runs.dataUpdatedAt);
  useRefreshRuns();
  // A press or Enter opens and closes a long reason in its row.
  const [openId, setOpenId] = useState<string>();
  return (
    <section className="page" aria-label="Runs">
      <div className="page-head">
        <h1 className="page-title">Runs</h1>
        <RunFilters />
      </div>
      <FailureNotices />
      <AwayNotice />
      {isLagging && <LagNotice behind={runs.data?.behind ?? null} onRetry={() => runs.refetch()} />}
      {runs.isError && <ListError error={runs.error} onRetry={() => runs.refetch()} />}
      <DataTable
        label="Runs"
        columns={COLUMNS}
        rows={runs.data?.rows}
        idOf={({ id }) => id}
        sort={list.sort}
        dir={list.dir}
        onSort={list.onSort}
        isStale={runs.isPlaceholderData}
        openId={openId}
        onOpen={({ id }) => setOpenId((open) => (open === id ? undefined : id))}
        empty={
          list.isFiltered ? (
            <EmptyList title="No run matches">
              <button type="button" className="button" onClick={list.clearFilters}>
                Clear filters
              </button>
            </EmptyList>
          ) : (
            <EmptyList title="No task has run yet">
              <p>The results of tasks are kept here, also when Rowlock has forgotten the tasks.</p>
            </EmptyList>
          )
        }
      />
      <Pager page={list.page} pageSize={PAGE_SIZE} total={runs.data?.total} of="runs" />
    </section>
  );
}
