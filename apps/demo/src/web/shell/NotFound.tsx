import { Link } from '@tanstack/react-router';

export function NotFound() {
  return (
    <div className="emptyState">
      <h2>There is no such page</h2>
      <p>
        The gazetteer has <Link to="/cities">cities</Link>, <Link to="/regions">regions</Link>,{' '}
        <Link to="/countries">countries</Link> and <Link to="/tasks">tasks</Link>.
      </p>
    </div>
  );
}
