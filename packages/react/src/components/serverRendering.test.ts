import { createElement as h } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { RowlockProvider, RowlockResource, useDraft, useStaleRecord, useTaskLock } from '../index.ts';
import { ConflictModal } from './ConflictModal/ConflictModal.tsx';
import { ConnectionStatus } from './ConnectionStatus/ConnectionStatus.tsx';
import { LockBadge } from './LockBadge/LockBadge.tsx';
import { StaleNotice } from './StaleNotice/StaleNotice.tsx';
import { TaskBanner } from './TaskBanner/TaskBanner.tsx';
import { TaskDashboard } from './TaskDashboard/TaskDashboard.tsx';
import { TaskDetails } from './TaskDetails/TaskDetails.tsx';
import { TaskProgress } from './TaskProgress/TaskProgress.tsx';
import { TaskTray } from './TaskTray/TaskTray.tsx';

function Form() {
  const lock = useTaskLock([1], { hold: true });
  const draft = useDraft('cities/1', { name: 'Paris' }, { version: 1 });
  const stale = useStaleRecord(1, { version: draft.version });
  return h(
    'form',
    null,
    h('output', null, lock.status),
    h('b', null, draft.values.name),
    h(StaleNotice<{ name: string }>, { draft, stale }),
    h(ConflictModal, { lock }),
  );
}

describe('Server rendering', () => {
  it('Every component renders in Node, connects to nothing, and shows that nothing is known yet', () => {
    const page = h(
      RowlockProvider,
      { url: 'http://127.0.0.1:1' },
      h(RowlockResource, { name: 'cities' }, h(Form), h(LockBadge, { record: 'cities/1' })),
      h(ConnectionStatus),
      h(TaskProgress, { taskId: 't' }),
      h(TaskBanner, { taskId: 't' }),
      h(TaskDashboard),
      h(TaskDetails, { taskId: 't' }),
      h(TaskTray),
    );
    const html = renderToString(page);
    expect(html).toContain('<output>pending</output>');
    expect(html).toContain('<b>Paris</b>');
    expect(html).toContain('aria-busy="true"');
    expect(html).not.toContain('<dialog');
  });
});
