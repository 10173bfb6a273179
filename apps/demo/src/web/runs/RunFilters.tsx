import { useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useSetSearch } from '../address/useSetSearch.ts';
import { RUN_STATES } from './RunState.tsx';

export function RunFilters() {
  const { state = '' } = useSearch({ from: '/runs' });
  const setSearch = useSetSearch();
  return (
    <search className="filters runFilters" aria-label="Filters">
      <select
        aria-label="State"
        data-testid="filter-state"
        value={state}
        data-set={state !== '' || undefined}
        onChange={(event) => setSearch({ state: event.target.value, page: undefined })}
      >
        <option value="">All states</option>
        {Object.entries(RUN_STATES).map(([id, { name }]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      {state && (
        <button
          type="button"
          className="iconButton"
          aria-label="Clear filters"
          onClick={() => setSearch({ state: undefined, page: undefined })}
        >
          <X size={16} aria-hidden />
        </button>
      )}
    </search>
  );
}
