import { recordKey } from '@rowlock/protocol';
import { LockBadge } from '@rowlock/react';
import type { CityView } from '../../gazetteer/cityView.ts';
import { formatCount, formatExact, formatShare, formatWhen } from '../format.ts';
import type { Column } from '../table/DataTable.tsx';

export const cityColumns: Column<CityView>[] = [
  {
    id: 'name',
    header: 'Name',
    sort: 'name',
    cell: ({ name, countryName, regionId }) => (
      <>
        <span className="cellMain" title={name}>
          {name}
        </span>
        <span className="cellUnder">
          {countryName}
          {regionId && ` · ${regionId}`}
        </span>
      </>
    ),
  },
  {
    id: 'lock',
    header: <span className="visuallyHidden">Held by</span>,
    cell: ({ id }) => <LockBadge record={recordKey('cities', id)} size="full" />,
  },
  { id: 'country', header: 'Country', sort: 'country', show: 'wide', cell: ({ countryName }) => countryName },
  {
    id: 'region',
    header: 'Region',
    sort: 'region',
    show: 'wide',
    cell: ({ regionId }) => (regionId ? <span className="code">{regionId}</span> : '–'),
  },
  {
    id: 'population',
    header: 'Population',
    sort: 'population',
    firstDir: 'desc',
    align: 'right',
    cell: ({ population }) => formatCount(population),
  },
  {
    id: 'share',
    header: 'Share',
    sort: 'populationShare',
    firstDir: 'desc',
    align: 'right',
    show: 'wide',
    cell: ({ populationShare }) => (populationShare === null ? <Unset /> : formatShare(populationShare)),
  },
  {
    id: 'normalised',
    header: 'ASCII name',
    sort: 'normalisedName',
    show: 'wider',
    cell: ({ normalisedName }) => (normalisedName === null ? <Unset /> : normalisedName),
  },
  {
    id: 'updated',
    header: 'Changed',
    sort: 'updatedAt',
    firstDir: 'desc',
    show: 'widest',
    cell: ({ updatedAt, updatedBy }) =>
      updatedAt === null ? (
        <Unset />
      ) : (
        <span title={`${formatExact(updatedAt)} by ${updatedBy}`}>
          {formatWhen(updatedAt)} · {updatedBy}
        </span>
      ),
  },
];

const Unset = () => <span className="unset">–</span>;
