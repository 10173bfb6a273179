import { type ComponentPropsWithoutRef, forwardRef } from 'react';
import { useTexts } from '../../hooks/contexts.ts';
import type { MaybeId } from '../../hooks/missingId.ts';
import { useBlockingTasks } from '../../hooks/useBlockingTasks.ts';
import { bannerTexts } from '../../messages/bannerTexts.ts';
import { joinClassName } from '../className.ts';
import { TaskBanner, type TaskBannerProps } from './TaskBanner.tsx';

export interface TaskBannersProps
  extends Omit<ComponentPropsWithoutRef<'div'>, 'className' | 'children'>,
    Pick<TaskBannerProps, 'onDetails'> {
  /** The rows on screen */
  ids: readonly MaybeId[];
  /** The kind of rows: `cities`. Default: the name of the nearest `<RowlockResource>` */
  resource?: string;
  /** The most banners. Further tasks share one line. Default 3 */
  most?: number;
  className?: string;
}

/** One banner for each task that holds rows on screen. Renders nothing without such a task. */
export const TaskBanners = forwardRef<HTMLDivElement, TaskBannersProps>(function TaskBanners(
  { ids, resource, most = 3, onDetails, className, ...rest },
  ref,
) {
  const messages = useTexts(bannerTexts);
  const tasks = useBlockingTasks(ids, { ...(resource !== undefined && { resource }) });
  if (tasks.length === 0) return null;
  return (
    <div {...rest} ref={ref} className={joinClassName('rowlock-task-banners', className, undefined)}>
      {tasks.slice(0, most).map(({ taskId, recordCount }) => (
        <TaskBanner
          key={taskId}
          taskId={taskId}
          recordCount={recordCount}
          {...(onDetails && { onDetails })}
        />
      ))}
      {tasks.length > most && (
        <p className="rowlock-task-banners-more">{messages.bannerMore(tasks.length - most)}</p>
      )}
    </div>
  );
});
