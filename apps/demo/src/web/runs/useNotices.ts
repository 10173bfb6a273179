import { useTasks } from '@rowlock/react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NoticeList } from '../../gazetteer/runView.ts';
import type { User } from '../../gazetteer/users.ts';
import { request } from '../request.ts';
import { useNotice } from '../shell/notice.ts';
import { useCatchUp } from './useCatchUp.ts';
import { useRefreshWhenChanged } from './useRefreshRuns.ts';

const KEY = 'notices';

/** What has failed of one's own, and has not been marked as seen. */
export const useNotices = () =>
  useQuery({
    queryKey: [KEY],
    queryFn: ({ signal }) => request<NoticeList>('/api/notices', { signal }),
  });

/** Once, in the frame of all pages: reads them again when a task of one's own has failed. */
export function useRefreshNotices(user: User): void {
  const { tasks, isStale } = useTasks();
  const notices = useNotices();
  const failed = tasks.filter(({ state, actor }) => state === 'failed' && actor.id === user.id);
  useRefreshWhenChanged(KEY, isStale ? undefined : failed.map(({ id }) => id).join());
  // What the table has not been told can only matter where something has failed.
  useCatchUp(KEY, failed.length > 0 ? notices.data : undefined, notices.dataUpdatedAt);
}

/** Marks one as seen, or all. */
export function useMarkSeen() {
  const queryClient = useQueryClient();
  const notify = useNotice();
  return useMutation({
    mutationFn: (id: string | undefined) =>
      request<NoticeList>('/api/notices/seen', { method: 'POST', body: { id } }),
    onSuccess: (list) => queryClient.setQueryData([KEY], list),
    onError: (error) => notify(error.message),
  });
}
