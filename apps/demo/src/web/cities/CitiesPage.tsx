import { TaskBanners } from '@rowlock/react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import type { CityFilter } from '../../gazetteer/cityFilter.ts';
import { useSetSearch } from '../address/useSetSearch.ts';
import { useCities } from '../queries.ts';
import { useUser } from '../session.ts';
import { DataTable } from '../table/DataTable.tsx';
import { EmptyList, ListError } from '../table/ListState.tsx';
import { Pager } from '../table/Pager.tsx';
import { useListParams } from '../table/useListParams.ts';
import { BulkBar } from './BulkBar.tsx';
import { CityDrawer } from './CityDrawer.tsx';
import { CityFilters } from './CityFilters.tsx';
import { cityColumns } from './cityColumns.tsx';
import { countSelected, NOTHING, type Selection, toInput, toRows } from './selection.ts';

const DEFAULTS = {
  sort: 'population',
  dir: 'desc',
  filters: ['q', 'country', 'region', 'minPopulation'],
} as const;

const NO_IDS: number[] = [];

export function CitiesPage() {
  const user = useUser();
  const { row: openId, q, country, region, minPopulation } = useSearch({ from: '/cities' });
  const filter: CityFilter = { q, country, region, minPopulation };
  const setSearch = useSetSearch();
  const navigate = useNavigate();
  const list = useListParams(DEFAULTS);
  const cities = useCities(list.query);
  const rows = cities.data?.rows;
  const total = cities.data?.total;
  const ids = useMemo(() => rows?.map(({ id }) => id) ?? NO_IDS, [rows]);

  const filterKey = JSON.stringify(filter);
  const [selected, setSelected] = useState({ filterKey, selection: NOTHING });
  // Another filter shows other rows, so rows that were selected under the old one are no longer selected.
  const selection = selected.filterKey === filterKey ? selected.selection : NOTHING;
  const select = (next: Selection) => setSelected({ filterKey, selection: next });
  const selectedCount = countSelected(selection, total ?? 0);
  const selectedRows = useMemo(() => toRows(selection, ids), [selection, ids]);

  const openRow = rows?.find(({ id }) => id === openId);
  const close = () => {
    setSearch({ row: undefined, edit: undefined }, 'replace');
    document.querySelector<HTMLElement>(`tr[data-row-id="${openId}"]`)?.focus();
  };
  useEscape(openId !== undefined, close);

  return (
    <div className="withDrawer">
      <section className="page" aria-label="Cities">
        <div className="page-head">
          <h1 className="page-title">Cities</h1>
          <CityFilters />
        </div>
        <TaskBanners
          className="pageBanners"
          ids={ids}
          resource="cities"
          onDetails={(taskId) => void navigate({ to: '/tasks/$taskId', params: { taskId } })}
        />
        {cities.isError && <ListError error={cities.error} onRetry={() => cities.refetch()} />}
        <DataTable
          label="Cities"
          columns={cityColumns}
          rows={cities.isError && !rows ? [] : rows}
          idOf={({ id }) => id}
          order={list.order}
          onOrder={list.onOrder}
          isStale={cities.isPlaceholderData}
          openId={openId}
          onOpen={({ id }) =>
            setSearch({ row: id, edit: undefined }, openId === undefined ? 'push' : 'replace')
          }
          selecting={{
            selected: selectedRows,
            onSelect: (next) => select({ kind: 'some', rows: next }),
          }}
          empty={!cities.isError && <NoCities onShowAll={list.isFiltered ? list.clearFilters : undefined} />}
        />
        <Pager page={list.page} pageSize={list.pageSize} total={total} of="cities" />
        <BulkBar
          user={user}
          count={selectedCount}
          total={total ?? 0}
          isAll={selection.kind === 'all'}
          input={toInput(selection, filter)}
          countryId={country}
          onSelectAll={() => select({ kind: 'all' })}
          onClear={() => select(NOTHING)}
        />
      </section>
      {openId !== undefined && <CityDrawer key={openId} id={openId} row={openRow} onClose={close} />}
    </div>
  );
}

function NoCities({ onShowAll }: { onShowAll: (() => void) | undefined }) {
  return (
    <EmptyList title="No city matches">
      <p>Nothing in the gazetteer has this name within these filters.</p>
      {onShowAll && (
        <button type="button" className="button" onClick={onShowAll}>
          Show all cities
        </button>
      )}
    </EmptyList>
  );
}

/** Escape closes the drawer, unless something above it uses the key. */
function useEscape(isActive: boolean, onEscape: () => void): void {
  useEffect(() => {
    if (!isActive) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (document.querySelector('dialog[open], [popover]:popover-open')) return;
      onEscape();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}
