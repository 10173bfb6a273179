import { createColumnHelper } from '@tanstack/react-table';
import { useState } from 'react';
import type { RunView } from '../../gazetteer/runView.ts';
import { formatCount, formatDuration, formatExact, formatWhen } from '../format.ts';
import { useRuns } from '../queries.ts';
import { DataTable } from '../table/DataTable.tsx';
import { EmptyList, ListError } from '../table/ListState.tsx';
import { Pager } from '../table/Pager.tsx';
import type { Features } from '../table/tableFeatures.ts';
import { useListParams } from '../table/useListParams.ts';
import { AwayNotice } from './AwayNotice.tsx';
import { FailureNotices } from './FailureNotices.tsx';
import { LagNotice } from './LagNotice.tsx';
import { RunFilters } from './RunFilters.tsx';
import { RunState } from './RunState.tsx';
import { useCatchUp } from './useCatchUp.ts';
import { useRefreshRuns } from './useRefreshRuns.ts';

const DEFAULTS = { sort: 'createdAt', dir: 'desc', filters: ['q', 'state'] } as const;

const helper = createColumnHelper<Features, RunView>();

const COLUMNS = helper.columns([
  helper.accessor('label', {
    id: 'run',
    meta: { sort: 'label' },
    header: 'Task',
    cell: ({ row }) => (
      <>
        <span className="cellMain" title={row.original.label}>
          {row.original.label}
        </span>
        <span className="cellUnder">
          {row.original.actorName} · {formatWhen(row.original.createdAt)} · {rowsInWords(row.original)}
        </span>
        {row.original.reason && <span className="cellUnder runReason">{row.original.reason}</span>}
      </>
    ),
  }),
  helper.display({
    id: 'state',
    header: 'State',
    cell: ({ row }) => <RunState run={row.original} />,
  }),
  helper.accessor('rowCount', {
    id: 'rows',
    meta: { sort: 'rowCount', align: 'right', show: 'wide' },
    sortDescFirst: true,
    header: 'Rows done',
    cell: ({ row }) => (
      <>
        {formatCount(row.original.doneCount)}
        <span className="unset"> / {formatCount(row.original.rowCount)}</span>
      </>
    ),
  }),
  helper.accessor('failedCount', {
    id: 'failed',
    meta: { sort: 'failedCount', align: 'right', show: 'wider' },
    sortDescFirst: true,
    header: 'Failed',
    cell: ({ row }) =>
      row.original.failedCount > 0 ? (
        <span className="runFailed">{formatCount(row.original.failedCount)}</span>
      ) : (
        <span className="unset">–</span>
      ),
  }),
  helper.accessor('actorName', {
    id: 'actor',
    meta: { show: 'wide' },
    header: 'By',
    cell: ({ row }) => row.original.actorName,
  }),
  helper.accessor('createdAt', {
    id: 'created',
    meta: { sort: 'createdAt', show: 'wide' },
    sortDescFirst: true,
    header: 'Launched',
    cell: ({ row }) => (
      <time title={formatExact(row.original.createdAt)}>{formatWhen(row.original.createdAt)}</time>
    ),
  }),
  helper.display({
    id: 'took',
    meta: { align: 'right', show: 'widest' },
    header: 'Took',
    cell: ({ row }) =>
      row.original.startedAt === null || row.original.endedAt === null ? (
        <span className="unset">–</span>
      ) : (
        formatDuration(row.original.endedAt - row.original.startedAt)
      ),
  }),
  helper.display({
    id: 'reason',
    meta: { show: 'wide' },
    header: 'Reason',
    cell: ({ row }) => row.original.reason && <span title={row.original.reason}>{row.original.reason}</span>,
  }),
]);

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
        order={list.order}
        onOrder={list.onOrder}
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
      <Pager page={list.page} pageSize={list.pageSize} total={runs.data?.total} of="runs" />
    </section>
  );
}
