import { useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useSetSearch } from '../address/useSetSearch.ts';
import { formatCount } from '../format.ts';
import { useCountryNames, useRegionsOf } from '../queries.ts';

const MIN_POPULATIONS = [1_000, 10_000, 100_000, 1_000_000];

export function CityFilters() {
  const { country = '', region = '', minPopulation } = useSearch({ from: '/cities' });
  const setSearch = useSetSearch();
  const countries = useCountryNames();
  const regions = useRegionsOf(country || undefined);
  return (
    <search className="filters" aria-label="Filters">
      <select
        aria-label="Country"
        data-testid="filter-country"
        value={country}
        data-set={country !== '' || undefined}
        onChange={(event) =>
          setSearch({ country: event.target.value, region: undefined, page: undefined, row: undefined })
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
        onChange={(event) => setSearch({ region: event.target.value, page: undefined })}
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
        value={minPopulation ?? ''}
        data-set={minPopulation !== undefined || undefined}
        onChange={(event) =>
          setSearch({ minPopulation: Number(event.target.value) || undefined, page: undefined })
        }
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
            setSearch({ country: undefined, region: undefined, minPopulation: undefined, page: undefined })
          }
        >
          <X size={16} aria-hidden />
        </button>
      )}
    </search>
  );
}
