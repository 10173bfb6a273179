import { PresenceAvatars } from '@rowlock/react';
import { X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { CityView } from '../../gazetteer/cityView.ts';
import { useCity } from '../queries.ts';
import { CityEditor } from './CityEditor.tsx';

export interface CityDrawerProps {
  id: number;
  /** The row as the table shows it, so that the form is there at once */
  row: CityView | undefined;
  onClose: () => void;
}

/** Beside the table, and not over it: its live badges stay in sight. On narrow screens it takes all of it. */
export function CityDrawer({ id, row, onClose }: CityDrawerProps) {
  const city = useCity(id);
  const shown = city.data?.city ?? row;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <aside className="drawer" aria-label="Edit city" data-testid="drawer">
      <header className="drawer-head">
        <h2 ref={heading} tabIndex={-1}>
          {shown?.name ?? (city.isError ? 'City' : <span className="skeleton" />)}
        </h2>
        <PresenceAvatars recordId={id} resource="cities" />
        <button
          type="button"
          className="iconButton"
          aria-label="Close"
          data-testid="drawer-close"
          onClick={onClose}
        >
          <X size={16} aria-hidden />
        </button>
      </header>
      {city.isError && !shown && (
        <div className="drawer-body">
          <p className="notice" data-tone="danger" role="alert">
            {city.error.message}
          </p>
        </div>
      )}
      {shown && <CityEditor city={shown} version={city.data?.version} onClose={onClose} />}
    </aside>
  );
}
