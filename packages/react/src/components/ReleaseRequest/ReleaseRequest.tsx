import type { RecordKey } from '@rowlock/protocol';
import { type ComponentPropsWithoutRef, forwardRef, useId } from 'react';
import { useAnnouncement } from '../../announcer/useAnnounce.ts';
import type { IncomingReleaseRequest } from '../../core/releaseRequests.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { useNow } from '../../hooks/useNow.ts';
import { useReleaseRequests } from '../../hooks/useReleaseRequests.ts';
import type { TaskLock } from '../../hooks/useTaskLock.ts';
import { releaseTexts } from '../../messages/releaseTexts.ts';
import { type ClassName, joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { Avatar } from '../Icon.tsx';
import { releaseRequestAttributes as attributes } from './dataAttributes.ts';
import { type ReleaseAnswering, type SaveBeforeRelease, useReleaseAnswer } from './useReleaseAnswer.ts';

export interface ReleaseRequestState {
  isBusy: boolean;
}

export interface ReleaseRequestProps extends Omit<ComponentPropsWithoutRef<'div'>, 'className' | 'children'> {
  /** Shows only the requests for rows of this lock, as a form does. Default: every request to this tab */
  lock?: Pick<TaskLock, 'records'>;
  /**
   * Called before the rows are released: saves the form. If it rejects, or returns `false`, nothing is released. Without it the button
   * says *Release*
   */
  onSave?: SaveBeforeRelease;
  /** The name of a row, for people. Default: "this row", or the number of rows */
  recordLabel?: (record: RecordKey) => string;
  className?: ClassName<ReleaseRequestState>;
}

/** Somebody asks for a row that this tab holds: save and release, later, or no. It shows nothing while nobody asks. */
export const ReleaseRequest = forwardRef<HTMLDivElement, ReleaseRequestProps>(function ReleaseRequest(
  { lock, ...props },
  ref,
) {
  const requests = useReleaseRequests();
  const [first] = lock
    ? requests.filter(({ records }) => records.some((key) => lock.records.includes(key)))
    : requests;
  // The oldest first: after its answer the next one is shown.
  return first ? <OneRequest key={first.requestId} {...props} rootRef={ref} request={first} /> : null;
});

interface OneRequestProps extends Omit<ReleaseRequestProps, 'lock'> {
  rootRef: React.ForwardedRef<HTMLDivElement>;
  request: IncomingReleaseRequest;
}

function OneRequest({ rootRef, request, onSave, recordLabel, className, ...rest }: OneRequestProps) {
  const messages = useTexts(releaseTexts);
  const titleId = useId();
  const answering = useReleaseAnswer(request, onSave);
  const nowMs = useNow(1_000);
  const { by, records, message } = request;
  const name = records.length === 1 ? recordLabel?.(records[0]!) : undefined;
  const title = messages.releaseAsked(by.name, records.length, name);
  useAnnouncement(message === undefined ? title : `${title}: ${message}`, {
    key: request.requestId,
    isFirstSaid: true,
  });
  const isBusy = answering.phase !== 'open';
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would belong to the form around it
    <div
      role="group"
      aria-labelledby={titleId}
      {...rest}
      ref={rootRef}
      className={joinClassName('rowlock-release', className, { isBusy })}
      {...{ [attributes.busy]: flag(isBusy) }}
    >
      <Avatar name={by.name} />
      <div className="rowlock-release-body">
        <p id={titleId} className="rowlock-release-title">
          {title}
        </p>
        {message !== undefined && (
          <blockquote className="rowlock-release-message">
            <bdi>{message}</bdi>
          </blockquote>
        )}
        <p className="rowlock-release-note">{messages.answerWithin(request.answerBy - nowMs)}</p>
        {answering.failure && (
          <p className="rowlock-release-failure" role="alert">
            {answering.failure === 'not-saved' ? messages.notSaved() : messages.notAnswered()}
          </p>
        )}
      </div>
      <Answers answering={answering} saves={onSave !== undefined} />
    </div>
  );
}

function Answers({ answering, saves }: { answering: ReleaseAnswering; saves: boolean }) {
  const messages = useTexts(releaseTexts);
  const isBusy = answering.phase !== 'open';
  const label = saves ? messages.saveAndRelease() : messages.release();
  return (
    <div className="rowlock-release-answers">
      <button
        type="button"
        className="rowlock-button"
        data-variant="primary"
        aria-disabled={isBusy}
        onClick={() => {
          if (!isBusy) void answering.release();
        }}
      >
        {answering.phase === 'saving' && saves ? messages.saving() : label}
      </button>
      {(['later', 'refused'] as const).map((answer) => (
        <button
          key={answer}
          type="button"
          className="rowlock-button"
          aria-disabled={isBusy}
          onClick={() => {
            if (!isBusy) void answering.decline(answer);
          }}
        >
          {answer === 'later' ? messages.answerLater() : messages.answerNo()}
        </button>
      ))}
    </div>
  );
}
