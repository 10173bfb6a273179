import { recordKey } from '@rowlock/protocol';
import { LockBadge } from '@rowlock/react';
import { createColumnHelper } from '@tanstack/react-table';
import type { CityView } from '../../gazetteer/cityView.ts';
import { formatCount, formatExact, formatShare, formatWhen } from '../format.ts';
import type { Features } from '../table/tableFeatures.ts';
import { DraftMark } from './DraftMark.tsx';

const helper = createColumnHelper<Features, CityView>();

export const cityColumns = helper.columns([
  helper.accessor('name', {
    id: 'name',
    header: 'Name',
    cell: ({ row }) => (
      <>
        <span className="cellMain" title={row.original.name}>
          {row.original.name} <DraftMark id={row.original.id} />
        </span>
        <span className="cellUnder">
          {row.original.countryName}
          {row.original.regionId && ` · ${row.original.regionId}`}
        </span>
      </>
    ),
  }),
  helper.display({
    id: 'lock',
    header: () => <span className="visuallyHidden">Held by</span>,
    cell: ({ row }) => <LockBadge record={recordKey('cities', row.original.id)} size="full" />,
  }),
  helper.accessor('countryName', {
    id: 'country',
    meta: { show: 'wide' },
    header: 'Country',
    cell: ({ row }) => row.original.countryName,
  }),
  helper.accessor('regionId', {
    id: 'region',
    meta: { show: 'wide' },
    header: 'Region',
    cell: ({ row }) => (row.original.regionId ? <span className="code">{row.original.regionId}</span> : '–'),
  }),
  helper.accessor('population', {
    id: 'population',
    meta: { align: 'right' },
    sortDescFirst: true,
    header: 'Population',
    cell: ({ row }) => formatCount(row.original.population),
  }),
  helper.accessor('populationShare', {
    id: 'share',
    meta: { sort: 'populationShare', align: 'right', show: 'wide' },
    sortDescFirst: true,
    header: 'Share',
    cell: ({ row }) =>
      row.original.populationShare === null ? <Unset /> : formatShare(row.original.populationShare),
  }),
  helper.accessor('normalisedName', {
    id: 'normalised',
    meta: { sort: 'normalisedName', show: 'wider' },
    header: 'ASCII name',
    cell: ({ row }) => (row.original.normalisedName === null ? <Unset /> : row.original.normalisedName),
  }),
  helper.accessor('updatedAt', {
    id: 'updated',
    meta: { sort: 'updatedAt', show: 'widest' },
    sortDescFirst: true,
    header: 'Changed',
    cell: ({ row }) =>
      row.original.updatedAt === null ? (
        <Unset />
      ) : (
        <span title={`${formatExact(row.original.updatedAt)} by ${row.original.updatedBy}`}>
          {formatWhen(row.original.updatedAt)} · {row.original.updatedBy}
        </span>
      ),
  }),
]);

const Unset = () => <span className="unset">–</span>;
