import { Link } from '@tanstack/react-router';
import { createColumnHelper } from '@tanstack/react-table';
import type { CountryView } from '../../gazetteer/cityView.ts';
import { formatCount } from '../format.ts';
import { useCountries } from '../queries.ts';
import { DataTable } from '../table/DataTable.tsx';
import { EmptyList, ListError } from '../table/ListState.tsx';
import { Pager } from '../table/Pager.tsx';
import type { Features } from '../table/tableFeatures.ts';
import { useListParams } from '../table/useListParams.ts';

const DEFAULTS = { sort: 'name', dir: 'asc', filters: ['q'] } as const;

const helper = createColumnHelper<Features, CountryView>();

const COLUMNS = helper.columns([
  helper.accessor('name', {
    id: 'name',
    header: 'Country',
    cell: ({ row }) => (
      <>
        <span className="cellMain" title={row.original.officialName}>
          {row.original.name} <span className="code">{row.original.id}</span>
        </span>
        <span className="cellUnder">{row.original.continent}</span>
      </>
    ),
  }),
  helper.accessor('continent', {
    id: 'continent',
    meta: { show: 'wide' },
    header: 'Continent',
    cell: ({ row }) => row.original.continent,
  }),
  helper.display({
    id: 'subregion',
    meta: { show: 'wider' },
    header: 'Subregion',
    cell: ({ row }) => row.original.subregion,
  }),
  helper.display({
    id: 'capital',
    meta: { show: 'wider' },
    header: 'Capital',
    cell: ({ row }) => row.original.capital || '–',
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
      <Link to="/cities" search={{ country: row.original.id }}>
        {formatCount(row.original.cityCount)}
      </Link>
    ),
  }),
]);

export function CountriesPage() {
  const list = useListParams(DEFAULTS);
  const countries = useCountries(list.query);
  return (
    <section className="page" aria-label="Countries">
      <h1 className="page-title">Countries</h1>
      {countries.isError && <ListError error={countries.error} onRetry={() => countries.refetch()} />}
      <DataTable
        label="Countries"
        columns={COLUMNS}
        rows={countries.data?.rows}
        idOf={({ id }) => id}
        order={list.order}
        onOrder={list.onOrder}
        isStale={countries.isPlaceholderData}
        empty={<EmptyList title="No country has this name" />}
      />
      <Pager page={list.page} pageSize={list.pageSize} total={countries.data?.total} of="countries" />
    </section>
  );
}
