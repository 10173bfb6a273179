import { Link } from '@tanstack/react-router';
import type { CountryView } from '../../gazetteer/cityView.ts';
import { formatCount } from '../format.ts';
import { useCountries } from '../queries.ts';
import { type Column, DataTable } from '../table/DataTable.tsx';
import { EmptyList, ListError } from '../table/ListState.tsx';
import { Pager } from '../table/Pager.tsx';
import { PAGE_SIZE, useListParams } from '../table/useListParams.ts';

const DEFAULTS = { sort: 'name', dir: 'asc', filters: ['q'] } as const;

const COLUMNS: Column<CountryView>[] = [
  {
    id: 'name',
    header: 'Country',
    sort: 'name',
    cell: ({ id, name, officialName, continent }) => (
      <>
        <span className="cellMain" title={officialName}>
          {name} <span className="code">{id}</span>
        </span>
        <span className="cellUnder">{continent}</span>
      </>
    ),
  },
  {
    id: 'continent',
    header: 'Continent',
    sort: 'continent',
    show: 'wide',
    cell: ({ continent }) => continent,
  },
  { id: 'subregion', header: 'Subregion', show: 'wider', cell: ({ subregion }) => subregion },
  { id: 'capital', header: 'Capital', show: 'wider', cell: ({ capital }) => capital || '–' },
  {
    id: 'population',
    header: 'City population',
    sort: 'population',
    firstDir: 'desc',
    align: 'right',
    show: 'wide',
    cell: ({ population }) => formatCount(population),
  },
  {
    id: 'cityCount',
    header: 'Cities',
    sort: 'cityCount',
    firstDir: 'desc',
    align: 'right',
    cell: ({ id, cityCount }) => (
      <Link to="/cities" search={{ country: id }}>
        {formatCount(cityCount)}
      </Link>
    ),
  },
];

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
        sort={list.sort}
        dir={list.dir}
        onSort={list.onSort}
        isStale={countries.isPlaceholderData}
        empty={<EmptyList title="No country has this name" />}
      />
      <Pager page={list.page} pageSize={PAGE_SIZE} total={countries.data?.total} of="countries" />
    </section>
  );
}
