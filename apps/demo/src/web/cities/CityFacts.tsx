import type { ReactNode } from 'react';
import type { CityView } from '../../gazetteer/cityView.ts';
import { formatExact, formatShare, formatWhen } from '../format.ts';

/** The facts about a city that come from tasks and the source, and cannot be edited. */
export function CityFacts({ city }: { city: CityView }) {
  const facts: [name: string, value: ReactNode][] = [
    ['Country', city.countryName],
    ['ASCII name', city.normalisedName ?? '–'],
    ['Share of country', city.populationShare === null ? '–' : formatShare(city.populationShare)],
    [
      'Changed',
      city.updatedAt === null ? (
        'as imported'
      ) : (
        <span key="when" title={formatExact(city.updatedAt)}>
          {formatWhen(city.updatedAt)} · {city.updatedBy}
        </span>
      ),
    ],
    [
      'GeoNames',
      <a key="link" href={`https://www.geonames.org/${city.id}`} target="_blank" rel="noreferrer">
        {city.id}
      </a>,
    ],
    [
      'Feature code',
      <span key="code" className="code">
        {city.featureCode}
      </span>,
    ],
  ];
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
