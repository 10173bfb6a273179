import { X } from 'lucide-react';
import { formatCount } from '../format.ts';
import { setParams, usePlace } from '../place.ts';
import { useCountryNames, useRegionsOf } from '../queries.ts';

const MIN_POPULATIONS = [1_000, 10_000, 100_000, 1_000_000];

export function CityFilters() {
  const { params } = usePlace();
  const countries = useCountryNames();
  const country = params.get('country') ?? '';
  const regions = useRegionsOf(country || undefined);
  const region = params.get('region') ?? '';
  const minPopulation = params.get('minPopulation') ?? '';
  return (
    <search className="filters" aria-label="Filters">
      <select
        aria-label="Country"
        data-testid="filter-country"
        value={country}
        data-set={country !== '' || undefined}
        onChange={(event) =>
          setParams({ country: event.target.value, region: undefined, page: undefined, row: undefined })
        }
      >
        <option value="">All countries</option>
        {country && !countries.data && <option value={country}>{country}</option>}
        {countries.data?.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label="Region"
        data-testid="filter-region"
        value={region}
        disabled={!country}
        data-set={region !== '' || undefined}
        onChange={(event) => setParams({ region: event.target.value, page: undefined })}
      >
        <option value="">All regions</option>
        {region && !regions.data && <option value={region}>{region}</option>}
        {regions.data?.map(({ id, largestCity }) => (
          <option key={id} value={id}>
            {id} {largestCity && `(${largestCity})`}
          </option>
        ))}
      </select>
      <select
        aria-label="Least population"
        data-testid="filter-population"
        value={minPopulation}
        data-set={minPopulation !== '' || undefined}
        onChange={(event) => setParams({ minPopulation: event.target.value, page: undefined })}
      >
        <option value="">Any size</option>
        {MIN_POPULATIONS.map((value) => (
          <option key={value} value={value}>
            {formatCount(value)} and more
          </option>
        ))}
      </select>
      {(country || minPopulation) && (
        <button
          type="button"
          className="iconButton"
          aria-label="Clear filters"
          onClick={() =>
            setParams({ country: undefined, region: undefined, minPopulation: undefined, page: undefined })
          }
        >
          <X size={16} aria-hidden />
        </button>
      )}
    </search>
  );
}
