import type { Conflict, RecordKey, TaskView } from '@rowlock/protocol';
import {
  type ComponentPropsWithoutRef,
  type ForwardedRef,
  forwardRef,
  type ReactNode,
  useState,
} from 'react';
import { useAnnouncement } from '../../announcer/useAnnounce.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useActorId } from '../../hooks/useActorId.ts';
import { useNow } from '../../hooks/useNow.ts';
import { useTask } from '../../hooks/useTask.ts';
import { choiceTexts } from '../../messages/choiceTexts.ts';
import { conflictTexts } from '../../messages/conflictTexts.ts';
import { lockBannerTexts } from '../../messages/lockBannerTexts.ts';
import { AskingConflictModal } from '../ConflictModal/AskingConflictModal.tsx';
import { getAskText } from '../ConflictModal/askText.ts';
import type { ConflictChoices } from '../ConflictModal/conflictModalProps.ts';
import { type ReleaseAsk, useReleaseAsk } from '../ConflictModal/useReleaseAsk.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Avatar, Icon, Ring } from '../Icon.tsx';
import { TaskProgress } from '../TaskProgress/TaskProgress.tsx';
import { getFraction, getNewer } from '../taskFacts.ts';
import { BannerButtons } from './BannerButtons.tsx';
import { type BannerLock, type BannerView, getBannerView } from './bannerView.ts';
import { lockBannerAttributes as attributes } from './dataAttributes.ts';

export interface LockBannerState {
  kind: BannerView['kind'];
  isStale: boolean;
}

export interface LockBannerProps
  extends Omit<ComponentPropsWithoutRef<'div'>, 'className' | 'children'>,
    Omit<ConflictChoices, 'total' | 'actions' | 'onRetryWhenFree'> {
  lock: BannerLock;
  /** Shown beside the buttons, for choices of the application */
  actions?: ReactNode;
  className?: ClassName<LockBannerState>;
}

/**
 * Shows in a form why its rows cannot be edited: who changes them, since when, how far that is, and the choices. *Details* and *Ask* open
 * the conflict dialog, which has all of them. It shows nothing while the rows are free or held, and never opens the dialog by itself.
 */
export const LockBanner = forwardRef<HTMLDivElement, LockBannerProps>(function LockBanner(props, ref) {
  const { lock, recordLabel, onContinueWithFree, canTakeOver, canCancelTask, canAsk, forecast, ...rest } =
    props;
  const choices = { recordLabel, onContinueWithFree, canTakeOver, canCancelTask, canAsk, forecast };
  const [dialog, setDialog] = useState<'details' | 'ask'>();
  const ask = useReleaseAsk(() => void lock.acquire());
  const view = getBannerView(lock);
  return (
    <>
      {view.kind !== 'none' && (
        <Banner
          {...rest}
          rootRef={ref}
          view={view}
          lock={lock}
          recordLabel={recordLabel}
          canAsk={canAsk ?? true}
          ask={ask}
          onOpen={setDialog}
        />
      )}
      <AskingConflictModal
        {...(Object.fromEntries(
          Object.entries(choices).filter(([, value]) => value !== undefined),
        ) as ConflictChoices)}
        lock={lock}
        ask={ask}
        open={dialog !== undefined && !lock.isHeld}
        startsWithAsk={dialog === 'ask'}
        onClose={() => setDialog(undefined)}
      />
    </>
  );
});

interface BannerProps extends Omit<LockBannerProps, keyof ConflictChoices> {
  rootRef: ForwardedRef<HTMLDivElement>;
  view: Exclude<BannerView, { kind: 'none' }>;
  recordLabel: ((record: RecordKey) => string) | undefined;
  canAsk: boolean;
  ask: ReleaseAsk;
  actions?: ReactNode;
  onOpen: (dialog: 'details' | 'ask') => void;
}

function Banner(props: BannerProps) {
  const { rootRef, view, lock, recordLabel, canAsk, ask, actions, onOpen, className, ...rest } = props;
  const texts = useTexts(choiceTexts);
  const staleNote = useTexts(conflictTexts).staleNote();
  const actorId = useActorId();
  const conflict = 'conflict' in view ? view.conflict : undefined;
  const watched = useTask(conflict?.lease.holder.type === 'task' ? conflict.lease.holder.id : undefined);
  const task = getNewer(conflict?.task, watched.task);
  const isMe = conflict !== undefined && isOwn(conflict, actorId);
  const name = lock.records.length === 1 && recordLabel ? recordLabel(lock.records[0]!) : undefined;
  const title = useTitle(view, lock, isMe, name);
  const askText = getAskText(ask.state, texts);
  useAnnouncement(title, { key: 'lock-banner', isFirstSaid: true });
  useAnnouncement(askText, { key: 'release-ask' });
  const { isStale } = lock;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would belong to the form around it
    <div
      role="group"
      aria-label={title}
      {...rest}
      ref={rootRef}
      className={joinClassName('rowlock-lock-banner', className, { kind: view.kind, isStale })}
      {...{
        [attributes.kind]: view.kind,
        [attributes.holder]: conflict?.lease.holder.type,
        [attributes.stale]: flag(isStale),
      }}
    >
      <span className="rowlock-lock-banner-shape">
        <Shape view={view} conflict={conflict} task={task} />
      </span>
      <div className="rowlock-lock-banner-body">
        <p className="rowlock-lock-banner-title" title={title}>
          {title}
        </p>
        <Note view={view} lock={lock} conflict={conflict} />
        {isStale && view.kind !== 'refused' && <p className="rowlock-lock-banner-note">{staleNote}</p>}
        {task && conflict && (
          <TaskProgress task={task} isStale={watched.isStale} isMissing={watched.isMissing} hideLabel />
        )}
        {askText !== '' && view.kind !== 'free' && <p className="rowlock-lock-banner-note">{askText}</p>}
      </div>
      <BannerButtons
        {...{ view, lock, isMe, actions, onOpen }}
        canAsk={canAsk && ask.state.kind !== 'open'}
      />
    </div>
  );
}

const isOwn = ({ isSameUser, lease }: Conflict, actorId: string | undefined): boolean =>
  isSameUser === true || (lease.holder.type === 'person' && lease.holder.actor.id === actorId);

function useTitle(
  view: BannerProps['view'],
  lock: BannerLock,
  isMe: boolean,
  name: string | undefined,
): string {
  const messages = useTexts(lockBannerTexts);
  const texts = { ...useTexts(choiceTexts), ...useTexts(conflictTexts) };
  switch (view.kind) {
    case 'blocked':
      if (lock.lost?.reason === 'taken over') return messages.bannerLost(lock.lost, name);
      return messages.bannerBlocked(view.conflict.lease, isMe, name, view.others);
    case 'waiting':
      return texts.waitPosition(lock.position);
    case 'free':
      return messages.bannerFree(name);
    case 'lost':
      return messages.bannerLost(lock.lost!, name);
    case 'refused':
      return view.error.code === 'unavailable' ? texts.unavailableTitle() : texts.refusedTitle();
    default: {
      const impossible: never = view;
      throw new TypeError(`Impossible view of a banner: ${JSON.stringify(impossible)}.`);
    }
  }
}

const AGO_EVERY_MS = 20_000;

/** The rest of the facts, in a line. */
function Note({
  view,
  lock,
  conflict,
}: Pick<BannerProps, 'view' | 'lock'> & { conflict: Conflict | undefined }) {
  const messages = { ...useTexts(lockBannerTexts), ...useTexts(choiceTexts), ...useTexts(conflictTexts) };
  const nowMs = useNow(AGO_EVERY_MS, conflict !== undefined);
  const isTaken = lock.lost?.reason === 'taken over' && view.kind === 'blocked';
  const getText = () => {
    if (view.kind === 'lost' || isTaken) return messages.bannerLostWhy(lock.lost?.why);
    if (view.kind === 'refused') return messages.refusal(view.error.code);
    if (view.kind === 'free') return messages.bannerFreeNote();
    if (!conflict) return undefined;
    const { holder, since } = conflict.lease;
    const parts = [messages.holderDetail(holder), messages.ago(since, nowMs)];
    if (view.kind === 'waiting')
      parts.unshift(messages.holderTitle(conflict.lease, conflict.isSameUser === true));
    return parts.filter((part) => part !== '').join(' · ');
  };
  const text = getText();
  return text === undefined ? null : (
    <p className="rowlock-lock-banner-note">
      <bdi>{text}</bdi>
    </p>
  );
}

function Shape({
  view,
  conflict,
  task,
}: {
  view: BannerView;
  conflict: Conflict | undefined;
  task: TaskView | undefined;
}) {
  if (view.kind === 'waiting') return <Icon name="clock" />;
  if (view.kind === 'free') return <Icon name="tick" />;
  if (view.kind === 'lost' || view.kind === 'refused') return <Icon name="warning" />;
  if (conflict?.lease.holder.type === 'task') return <Ring fraction={task && getFraction(task)} />;
  return <Avatar name={conflict?.lease.holder.actor.name ?? '?'} />;
}
