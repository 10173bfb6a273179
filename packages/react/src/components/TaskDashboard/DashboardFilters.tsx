import { useTexts } from '../../hooks/contexts.ts';
import { dashboardTexts } from '../../messages/dashboardTexts.ts';
import { type Dashboard, STATE_OPTIONS, type StateOption } from './useTaskDashboard.ts';

/** Search, state, kind, and whose. */
export function DashboardFilters({ dashboard }: { dashboard: Dashboard }) {
  const messages = useTexts(dashboardTexts);
  const { filters, setFilters, names } = dashboard;
  return (
    <search className="rowlock-dashboard-filters">
      <input
        type="search"
        className="rowlock-field"
        aria-label={messages.searchTasks()}
        placeholder={messages.searchTasks()}
        value={filters.text}
        maxLength={200}
        onChange={(event) => setFilters({ text: event.target.value })}
      />
      <select
        className="rowlock-field"
        aria-label={messages.filterState()}
        value={filters.state}
        onChange={(event) => setFilters({ state: event.target.value as StateOption })}
      >
        {STATE_OPTIONS.map((option) => (
          <option key={option} value={option}>
            {messages.filterStateOption(option)}
          </option>
        ))}
      </select>
      {(names.length > 1 || filters.name !== '') && (
        <select
          className="rowlock-field"
          aria-label={messages.filterName()}
          value={filters.name}
          onChange={(event) => setFilters({ name: event.target.value })}
        >
          <option value="">{messages.allNames()}</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      <label className="rowlock-check">
        <input
          type="checkbox"
          checked={filters.onlyMine}
          onChange={(event) => setFilters({ onlyMine: event.target.checked })}
        />
        {messages.onlyMine()}
      </label>
    </search>
  );
}
