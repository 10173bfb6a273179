import { useTasks } from '@rowlock/react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { NoticeList } from '../../gazetteer/runView.ts';
import type { User } from '../../gazetteer/users.ts';
import { request } from '../request.ts';
import { useNotice } from '../shell/notice.ts';
import { useCatchUp } from './useCatchUp.ts';
import { useRefreshWhenChanged } from './useRefreshRuns.ts';

const KEY = 'notices';

/** The user's failed tasks that are not marked as seen. */
export const useNotices = () =>
  useQuery({
    queryKey: [KEY],
    queryFn: ({ signal }) => request<NoticeList>('/api/notices', { signal }),
  });

/** Reloads them when a task of the user has failed. Used once, in the frame of all pages. */
export function useRefreshNotices(user: User): void {
  const { tasks, isStale } = useTasks();
  const notices = useNotices();
  const failed = tasks.filter(({ state, actor }) => state === 'failed' && actor.id === user.id);
  useRefreshWhenChanged(KEY, isStale ? undefined : failed.map(({ id }) => id).join());
  // A lag of the table matters only if something has failed.
  useCatchUp(KEY, failed.length > 0 ? notices.data : undefined, notices.dataUpdatedAt);
}

/** Marks one notice as seen, or all. */
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
