import { useRowlock } from '@rowlock/react';
import { useCallback } from 'react';
import { useNotice } from '../shell/notice.ts';

export function useCancelTask(): (taskId: string) => void {
  const { client } = useRowlock();
  const notify = useNotice();
  return useCallback(
    (taskId) => {
      void client.tasks.cancel(taskId).then((outcome) => {
        if (!outcome.ok) notify(outcome.error.message);
      });
    },
    [client, notify],
  );
}
