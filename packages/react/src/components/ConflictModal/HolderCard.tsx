import { type Conflict, idOf, type LeaseView, type RecordKey, type TaskView } from '@rowlock/protocol';
import { useMessages } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { useNow } from '../../hooks/useNow.ts';
import { useTask } from '../../hooks/useTask.ts';
import type { Messages } from '../../messages.ts';
import { Avatar, Icon, Ring } from '../Icon.tsx';
import { TaskProgress } from '../TaskProgress/TaskProgress.tsx';
import { fractionOf, lookOf, newerOf, type TaskLook } from '../taskFacts.ts';

export interface HolderCardProps {
  conflict: Conflict;
  /** The lease still holds the rows, as far as is known */
  isInForce: boolean;
  recordLabel?: ((record: RecordKey) => string) | undefined;
}

/** As many names as can be taken in at a glance. */
const SHOWN_NAMES = 8;
const AGO_EVERY_MS = 20_000;

/** One holder: who, what, since when, which rows, how far; or what became of it. */
export function HolderCard({ conflict, isInForce, recordLabel = idOf }: HolderCardProps) {
  const messages = useMessages();
  const { lease, recordCount, records } = conflict;
  const isMe = lease.holder.actor.id === useActorId();
  const title = messages.holderTitle(lease, isMe);
  const isTask = lease.holder.type === 'task';
  const watched = useTask(isTask ? lease.holder.id : undefined);
  const task = newerOf(conflict.task, watched.task);
  const nowMs = useNow(AGO_EVERY_MS, isInForce);
  const look = task && lookOf(task, watched.isMissing);
  const detail = messages.holderDetail(lease.holder);
  const names = records.slice(0, SHOWN_NAMES).map((key) => recordLabel(key));
  const ended = isInForce ? undefined : endingOf(lease, isMe, task, look, messages);
  return (
    <article className="rowlock-card" data-kind={lease.holder.type} data-ended={!isInForce || undefined}>
      <span className="rowlock-card-shape">
        <HolderShape lease={lease} task={task} isInForce={isInForce} look={look} />
      </span>
      <div className="rowlock-card-body">
        <h3 className="rowlock-card-title" title={title}>
          {title}
        </h3>
        <p className="rowlock-card-detail">
          {detail !== '' && (
            <>
              <span className="rowlock-card-what">{detail}</span>
              <span aria-hidden="true"> · </span>
            </>
          )}
          <time dateTime={new Date(lease.since).toISOString()} title={messages.exactTime(lease.since)}>
            {messages.ago(lease.since, nowMs)}
          </time>
        </p>
        {recordCount > 0 && (
          <p className="rowlock-card-rows">
            <span className="rowlock-card-count">{messages.rows(recordCount)}</span>
            {names.length > 0 && <>: {messages.rowNames(names, recordCount - names.length)}</>}
          </p>
        )}
        {task && isInForce && (
          <TaskProgress task={task} isStale={watched.isStale} isMissing={watched.isMissing} hideLabel />
        )}
        {ended !== undefined && (
          <p className="rowlock-card-ended" data-look={look ?? 'released'}>
            <Icon
              name={
                look === 'failed'
                  ? 'cross'
                  : look === 'cancelled'
                    ? 'stop'
                    : isKnownEnd(look, lease)
                      ? 'tick'
                      : 'question'
              }
            />
            <span>{ended}</span>
          </p>
        )}
      </div>
    </article>
  );
}

function HolderShape({
  lease,
  task,
  isInForce,
  look,
}: {
  lease: LeaseView;
  task: TaskView | undefined;
  isInForce: boolean;
  look: TaskLook | undefined;
}) {
  if (lease.holder.type === 'person') return <Avatar name={lease.holder.actor.name} />;
  if (look === 'no-worker') return <Icon name="warning" />;
  if (look === 'failed') return <Icon name="cross" />;
  if (!isInForce && look === 'completed') return <Icon name="tick" />;
  return <Ring fraction={task && fractionOf(task)} />;
}

const isKnownEnd = (look: TaskLook | undefined, lease: LeaseView): boolean =>
  lease.holder.type === 'person' || look === 'completed';

/** What became of a holder that holds no more. What is not known is not called done. */
function endingOf(
  lease: LeaseView,
  isMe: boolean,
  task: TaskView | undefined,
  look: TaskLook | undefined,
  messages: Messages,
): string {
  if (lease.holder.type === 'person') return messages.endedPerson(lease.holder, isMe);
  if (task && look === 'completed') return messages.endedCompleted();
  if (task && look === 'failed') return messages.endedFailed(task);
  if (task && look === 'cancelled') return messages.endedCancelled();
  return messages.endedUnknown();
}
