import { IdleWarning } from '@rowlock/react';
import { Outlet } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useSection } from '../address/useSection.ts';
import { useRefreshNotices } from '../runs/useNotices.ts';
import { useUser } from '../session.ts';
import { TaskTray } from '../tasks/TaskTray.tsx';
import { useLiveQueries } from '../useLiveQueries.ts';
import { Nav } from './Nav.tsx';
import { NoticeContext } from './notice.ts';
import { TopBar } from './TopBar.tsx';
import { useSignedOutElsewhere } from './useSignedOutElsewhere.ts';

const NOTICE_MS = 5_000;

/** The frame of all pages. */
export function Shell() {
  const user = useUser();
  useSignedOutElsewhere();
  useLiveQueries();
  useRefreshNotices(user);
  const section = useSection();
  const [notice, setNotice] = useState<string>();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const notify = useCallback((text: string) => {
    clearTimeout(timer.current);
    setNotice(text);
    timer.current = setTimeout(() => setNotice(undefined), NOTICE_MS);
  }, []);
  useEffect(() => {
    document.title = `${section[0]?.toUpperCase()}${section.slice(1)} – Gazetteer`;
  }, [section]);
  return (
    <NoticeContext value={notify}>
      <div className="shell">
        <a className="skipLink" href="#main">
          Skip to the list
        </a>
        <Nav />
        <TopBar user={user} section={section} />
        <main className="main" id="main" tabIndex={-1}>
          <Outlet />
        </main>
        <TaskTray />
        <IdleWarning className="idleWarning" />
        <div className="noticeBar" role="status">
          {notice && <span data-testid="notice">{notice}</span>}
        </div>
      </div>
    </NoticeContext>
  );
}
