import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import type { RegionView } from '../../gazetteer/cityView.ts';
import { formatCount } from '../format.ts';
import { useRegions } from '../queries.ts';
import { DataTable } from '../table/DataTable.tsx';
import { EmptyList, ListError } from '../table/ListState.tsx';
import { Pager } from '../table/Pager.tsx';
import type { Features } from '../table/tableFeatures.ts';
import { useListParams } from '../table/useListParams.ts';

const DEFAULTS = { sort: 'country', dir: 'asc', filters: ['q', 'country'] } as const;

const helper = createColumnHelper<Features, RegionView>();

const COLUMNS = helper.columns([
  helper.accessor('id', {
    id: 'name',
    meta: { sort: 'id' },
    header: 'Region',
    cell: ({ row }) => (
      <>
        <span className="cellMain">{row.original.id}</span>
        <span className="cellUnder">
          {row.original.countryName}
          {row.original.largestCity && ` · ${row.original.largestCity}`}
        </span>
      </>
    ),
  }),
  helper.accessor('countryName', {
    id: 'country',
    meta: { show: 'wide' },
    header: 'Country',
    cell: ({ row }) => row.original.countryName,
  }),
  helper.display({
    id: 'largest',
    meta: { show: 'wide' },
    header: 'Largest city',
    cell: ({ row }) => row.original.largestCity ?? '–',
  }),
  helper.accessor('population', {
    id: 'population',
    meta: { align: 'right', show: 'wide' },
    sortDescFirst: true,
    header: 'City population',
    cell: ({ row }) => formatCount(row.original.population),
  }),
  helper.accessor('cityCount', {
    id: 'cityCount',
    meta: { align: 'right' },
    sortDescFirst: true,
    header: 'Cities',
    cell: ({ row }) => (
      <Link to="/cities" search={{ country: row.original.countryId, region: row.original.id }}>
        {formatCount(row.original.cityCount)}
      </Link>
    ),
  }),
]);

export function RegionsPage() {
  const list = useListParams(DEFAULTS);
  const regions = useRegions(list.query);
  return (
    <section className="page" aria-label="Regions">
      <h1 className="page-title">Regions</h1>
      <p className="page-hint">
        The source names regions by a code only. The largest city shows which region it is.
      </p>
      {regions.isError && <ListError error={regions.error} onRetry={() => regions.refetch()} />}
      <DataTable
        label="Regions"
        columns={COLUMNS}
        rows={regions.data?.rows}
        idOf={({ id }) => id}
        order={list.order}
        onOrder={list.onOrder}
        isStale={regions.isPlaceholderData}
        empty={<EmptyList title="No region matches" />}
      />
      <Pager page={list.page} pageSize={list.pageSize} total={regions.data?.total} of="regions" />
    </section>
  );
}
