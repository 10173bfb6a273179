import type { TaskView } from '@rowlock/protocol';
import { useMemo } from 'react';
import { useUser } from '../session.ts';
import { ExportFile } from './ExportFile.tsx';
import { mayCancel } from './mayCancel.ts';

const isExport = (task: TaskView): boolean => task.name === 'export-csv';
const renderResult = (task: TaskView) => (isExport(task) ? <ExportFile taskId={task.id} /> : null);

/** The gazetteer's tasks, as the tray and the page of one task show them. */
export function useTaskOptions() {
  const user = useUser();
  return useMemo(
    () => ({ canCancel: (task: TaskView) => mayCancel(user, task), readsOnly: isExport, renderResult }),
    [user],
  );
}
