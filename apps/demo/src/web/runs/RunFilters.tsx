import { X } from 'lucide-react';
import { setParams, usePlace } from '../place.ts';
import { RUN_STATES } from './RunState.tsx';

export function RunFilters() {
  const { params } = usePlace();
  const state = params.get('state') ?? '';
  return (
    <search className="filters runFilters" aria-label="Filters">
      <select
        aria-label="State"
        data-testid="filter-state"
        value={state}
        data-set={state !== '' || undefined}
        onChange={(event) => setParams({ state: event.target.value, page: undefined })}
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
          onClick={() => setParams({ state: undefined, page: undefined })}
        >
          <X size={16} aria-hidden />
        </button>
      )}
    </search>
  );
}
