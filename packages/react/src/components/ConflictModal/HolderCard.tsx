import { type Conflict, idOf, type LeaseView, type RecordKey, type TaskView } from '@rowlock/protocol';
import { useState } from 'react';
import type { RowlockClientError } from '../../core/rowlockClientError.ts';
import { useClient, useTexts } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { useNow } from '../../hooks/useNow.ts';
import { useTask } from '../../hooks/useTask.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import type { CommonTexts } from '../../messages/commonTexts.ts';
import { type ConflictTexts, conflictTexts } from '../../messages/conflictTexts.ts';
import { flag } from '../flag.ts';
import { Avatar, Icon, type IconName, Ring } from '../Icon.tsx';
import { TaskProgress } from '../TaskProgress/TaskProgress.tsx';
import { getFraction, getLook, getNewer, type TaskLook } from '../taskFacts.ts';
import { holderCardAttributes as attributes } from './dataAttributes.ts';
import { RefusalDetails } from './RefusalDetails.tsx';

export interface HolderCardProps {
  conflict: Conflict;
  /** As far as is known, the lease still blocks the rows */
  isInForce: boolean;
  recordLabel?: ((record: RecordKey) => string) | undefined;
  /** Offers to ask the holder to release. Not of the user's own tab, and not of a task */
  onAsk?: ((conflict: Conflict) => void) | undefined;
  /** Default: the user's own tasks */
  canCancelTask?: ((task: TaskView) => boolean) | undefined;
}

/** More names cannot be read at a glance. */
const SHOWN_NAMES = 8;
const AGO_EVERY_MS = 20_000;

/** One holder: who, what, since when, which rows, and how far. When the holder has gone: how that ended. */
export function HolderCard({
  conflict,
  isInForce,
  recordLabel = idOf,
  onAsk,
  canCancelTask,
}: HolderCardProps) {
  const messages = useTexts(conflictTexts);
  const choices = useTexts(choiceTexts);
  const cancelling = useCancelling();
  const { lease, recordCount, records } = conflict;
  const actorId = useActorId();
  const isMe = lease.holder.actor.id === actorId || conflict.isSameUser === true;
  const isTask = lease.holder.type === 'task';
  const title =
    isInForce || isTask ? messages.holderTitle(lease, isMe) : choices.endedTitle(lease.holder.actor.name);
  const watched = useTask(isTask ? lease.holder.id : undefined);
  const task = getNewer(conflict.task, watched.task);
  const nowMs = useNow(AGO_EVERY_MS, isInForce);
  const look = task && getLook(task, watched.isMissing);
  const detail = messages.holderDetail(lease.holder);
  const names = records.slice(0, SHOWN_NAMES).map((key) => recordLabel(key));
  const ended = isInForce ? undefined : getEnding(lease, isMe, task, look, messages);
  return (
    <article
      className="rowlock-card"
      {...{ [attributes.kind]: lease.holder.type, [attributes.ended]: flag(!isInForce) }}
    >
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
          <TaskProgress
            task={task}
            isStale={watched.isStale}
            isMissing={watched.isMissing}
            hideLabel
            {...(mayCancel(task, actorId, canCancelTask) && { onCancel: cancelling.cancel })}
          />
        )}
        {cancelling.failure && (
          <div role="alert" className="rowlock-modal-failure">
            {choices.cancelFailed()} <RefusalDetails refusal={cancelling.failure} />
          </div>
        )}
        {ended !== undefined && <Ending lease={lease} look={look} text={ended} />}
      </div>
      {onAsk && isInForce && !isTask && !isMe && (
        <button type="button" className="rowlock-button rowlock-card-ask" onClick={() => onAsk(conflict)}>
          {choices.ask(lease.holder.actor.name)}
        </button>
      )}
    </article>
  );
}

function Ending({ lease, look, text }: { lease: LeaseView; look: TaskLook | undefined; text: string }) {
  return (
    <p className="rowlock-card-ended" data-look={look ?? 'released'}>
      <Icon name={getEndIcon(lease, look)} />
      <span>{text}</span>
    </p>
  );
}

const mayCancel = (
  task: TaskView,
  actorId: string | undefined,
  canCancelTask: HolderCardProps['canCancelTask'],
): boolean => (canCancelTask ? canCancelTask(task) : task.actor.id === actorId);

function useCancelling(): { cancel: (taskId: string) => void; failure: RowlockClientError | undefined } {
  const { tasks } = useClient();
  const [failure, setFailure] = useState<RowlockClientError>();
  const cancel = async (taskId: string) => {
    setFailure(undefined);
    const outcome = await tasks.cancel(taskId);
    if (!outcome.ok) setFailure(outcome.error);
  };
  return { cancel: (taskId) => void cancel(taskId), failure };
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
  return <Ring fraction={task && getFraction(task)} />;
}

function getEndIcon(lease: LeaseView, look: TaskLook | undefined): IconName {
  if (look === 'failed') return 'cross';
  if (look === 'cancelled') return 'stop';
  return lease.holder.type === 'person' || look === 'completed' ? 'tick' : 'question';
}

/** How a holder ended. An unknown end is not shown as done. */
function getEnding(
  lease: LeaseView,
  isMe: boolean,
  task: TaskView | undefined,
  look: TaskLook | undefined,
  messages: CommonTexts & ConflictTexts,
): string {
  if (lease.holder.type === 'person') return messages.endedPerson(lease.holder, isMe);
  if (task && look === 'completed') return messages.endedCompleted();
  if (task && look === 'failed') return messages.endedFailed(task);
  if (task && look === 'cancelled') return messages.endedCancelled();
  return messages.endedUnknown();
}
