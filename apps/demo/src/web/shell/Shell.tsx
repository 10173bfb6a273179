import { Component, type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import type { User } from '../../gazetteer/users.ts';
import { CitiesPage } from '../cities/CitiesPage.tsx';
import { usePlace } from '../place.ts';
import { CountriesPage } from '../places/CountriesPage.tsx';
import { RegionsPage } from '../places/RegionsPage.tsx';
import { RunsPage } from '../runs/RunsPage.tsx';
import { useRefreshNotices } from '../runs/useNotices.ts';
import { TasksPage } from '../tasks/TasksPage.tsx';
import { TaskTray } from '../tasks/TaskTray.tsx';
import { useRefreshWhenDone } from '../tasks/useRefreshWhenDone.ts';
import { Nav } from './Nav.tsx';
import { NotFound } from './NotFound.tsx';
import { NoticeContext } from './notice.ts';
import { TopBar } from './TopBar.tsx';
import { useSignedOutElsewhere } from './useSignedOutElsewhere.ts';

const NOTICE_MS = 5_000;

export function Shell({ user }: { user: User }) {
  useSignedOutElsewhere();
  useRefreshWhenDone();
  useRefreshNotices(user);
  const { path } = usePlace();
  const [notice, setNotice] = useState<string>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const notify = useCallback((text: string) => {
    clearTimeout(timer.current);
    setNotice(text);
    timer.current = setTimeout(() => setNotice(undefined), NOTICE_MS);
  }, []);
  const section = path.split('/')[1] || 'cities';
  useEffect(() => {
    document.title = `${section[0]?.toUpperCase()}${section.slice(1)} – Gazetteer`;
  }, [section]);
  return (
    <NoticeContext value={notify}>
      <div className="shell">
        <a className="skipLink" href="#main">
          Skip to the list
        </a>
        <Nav section={section} />
        <TopBar user={user} section={section} />
        <main className="main" id="main" tabIndex={-1}>
          <PageBoundary key={section}>{page(section, user)}</PageBoundary>
          <TaskTray user={user} />
        </main>
        <div className="noticeBar" role="status">
          {notice && <span data-testid="notice">{notice}</span>}
        </div>
      </div>
    </NoticeContext>
  );
}

function page(section: string, user: User): ReactNode {
  switch (section) {
    case 'cities':
      return <CitiesPage user={user} />;
    case 'countries':
      return <CountriesPage />;
    case 'regions':
      return <RegionsPage />;
    case 'tasks':
      return <TasksPage user={user} />;
    case 'runs':
      return <RunsPage />;
    default:
      return <NotFound />;
  }
}

/** When a page fails, the navigation and the tray stay. */
class PageBoundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <div className="emptyState" role="alert">
        <h2>This page could not be shown</h2>
        <p>{this.state.error.message}</p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Reload
        </button>
      </div>
    );
  }
}
