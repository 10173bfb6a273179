import { Link } from '@tanstack/react-router';
import type { RegionView } from '../../gazetteer/cityView.ts';
import { formatCount } from '../format.ts';
import { useRegions } from '../queries.ts';
import { type Column, DataTable } from '../table/DataTable.tsx';
import { EmptyList, ListError } from '../table/ListState.tsx';
import { Pager } from '../table/Pager.tsx';
import { PAGE_SIZE, useListParams } from '../table/useListParams.ts';

const DEFAULTS = { sort: 'country', dir: 'asc', filters: ['q', 'country'] } as const;

const COLUMNS: Column<RegionView>[] = [
  {
    id: 'name',
    header: 'Region',
    sort: 'id',
    cell: ({ id, countryName, largestCity }) => (
      <>
        <span className="cellMain">{id}</span>
        <span className="cellUnder">
          {countryName}
          {largestCity && ` · ${largestCity}`}
        </span>
      </>
    ),
  },
  { id: 'country', header: 'Country', sort: 'country', show: 'wide', cell: ({ countryName }) => countryName },
  { id: 'largest', header: 'Largest city', show: 'wide', cell: ({ largestCity }) => largestCity ?? '–' },
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
    cell: ({ id, countryId, cityCount }) => (
      <Link to="/cities" search={{ country: countryId, region: id }}>
        {formatCount(cityCount)}
      </Link>
    ),
  },
];

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
        sort={list.sort}
        dir={list.dir}
        onSort={list.onSort}
        isStale={regions.isPlaceholderData}
        empty={<EmptyList title="No region matches" />}
      />
      <Pager page={list.page} pageSize={PAGE_SIZE} total={regions.data?.total} of="regions" />
    </section>
  );
}
