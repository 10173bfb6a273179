import { isFinal } from '@rowlock/protocol';
import { useTasks } from '@rowlock/react';
import { Link } from '@tanstack/react-router';
import { Activity, Globe, History, type LucideIcon, Map as MapIcon, MapPin } from 'lucide-react';
import icon from '../icon.svg';
import { useNotices } from '../runs/useNotices.ts';

const SECTIONS = [
  { id: 'countries', name: 'Countries', to: '/countries', icon: Globe },
  { id: 'regions', name: 'Regions', to: '/regions', icon: MapIcon },
  { id: 'cities', name: 'Cities', to: '/cities', icon: MapPin },
  { id: 'tasks', name: 'Tasks', to: '/tasks', icon: Activity },
  { id: 'runs', name: 'Runs', to: '/runs', icon: History },
] as const satisfies { id: string; name: string; to: string; icon: LucideIcon }[];

export function Nav() {
  const { tasks } = useTasks();
  const unseen = useNotices().data?.unseen ?? 0;
  const underWay = tasks.filter((task) => !isFinal(task.state)).length;
  return (
    <nav className="nav" aria-label="Sections">
      <span className="nav-brand">
        <img src={icon} alt="" width="20" height="20" />
        <span>Gazetteer</span>
      </span>
      {SECTIONS.map(({ id, name, to, icon: Icon }) => (
        <Link key={id} to={to} className="nav-link">
          <Icon size={16} aria-hidden />
          <span className="nav-name">{name}</span>
          {id === 'tasks' && underWay > 0 && (
            <span className="nav-count">
              {underWay}
              <span className="visuallyHidden"> under way</span>
            </span>
          )}
          {id === 'runs' && unseen > 0 && (
            <span className="nav-count" data-tone="danger" data-testid="unseen-failures">
              {unseen}
              <span className="visuallyHidden"> failed, not seen yet</span>
            </span>
          )}
        </Link>
      ))}
      <p className="nav-source">
        Data:{' '}
        <a href="https://www.geonames.org/" target="_blank" rel="noreferrer">
          GeoNames
        </a>
        ,{' '}
        <a href="https://creativecommons.org/licenses/by/4.0/" target="_blank" rel="noreferrer">
          CC BY 4.0
        </a>
      </p>
    </nav>
  );
}
