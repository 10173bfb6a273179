/**
 * The part of a holder that a user may see, by the application's `describeHolder`: its label, and the user on whose behalf it acts. All
 * that leaves the server for a user passes here, and names its holders by the fields in `FIELDS`.
 *
 * The application is asked once for each holder and user with the same fields. An answer counts for `keptMs`, like every answer
 * about permissions.
 */
import type {
  Actor,
  Conflict,
  Holder,
  LeaseView,
  RecordChange,
  RecordKey,
  TaskView,
  Viewers,
} from '@rowlock/protocol';
import type { Clock } from './clock.ts';
import type { SignIns } from './signIns.ts';

/** A holder as a user sees it. */
export interface DescribedHolder {
  label: string;
  actor: Actor;
}

/** `watcher`: the user who would see the holder, with the application's own fields. Synchronous. If it throws, everything is hidden */
export type DescribeHolder<Watcher extends Actor = Actor> = (question: {
  watcher: Watcher;
  holder: Holder;
}) => DescribedHolder;

export interface HolderRedaction {
  /** The holder as the user sees it. Null stands for somebody who is not signed in, and sees nothing. */
  holder(watcher: Actor | null, holder: Holder): Holder;
  /** An answer or event, with all of its holders as the user sees them. The same object if that is no difference. */
  body<Body extends object>(watcher: Actor | null, body: Body): Body;
  conflict(watcher: Actor | null, conflict: Conflict): Conflict;
  changes(watcher: Actor | null, changes: readonly RecordChange[]): RecordChange[];
  /** The answers of the application have changed. */
  forget(): void;
}

export interface HolderRedactionParts {
  describeHolder: DescribeHolder | undefined;
  signIns: Pick<SignIns, 'userOf' | 'sharedQuestionOf'>;
  clock: Clock;
  keptMs: number;
  onFailed(error: unknown): void;
}

/** For a user who may see nothing of a holder, and if the application fails to say what. */
const NOBODY: Actor = { id: 'hidden', name: 'Somebody' };
const SOMEBODY: DescribedHolder = { label: 'Somebody', actor: NOBODY };
/** Answers in memory for one holder. Beyond, all of them are forgotten. */
const MOST_ANSWERS = 1_000;

export function createHolderRedaction(parts: HolderRedactionParts): HolderRedaction {
  const { describeHolder } = parts;
  if (!describeHolder) return UNREDACTED;
  const describe = createCachedDescription({ ...parts, describeHolder });

  const holder = (watcher: Actor | null, seen: Holder): Holder => {
    if (watcher?.id === seen.actor.id) return seen;
    return { ...seen, ...(watcher ? describe(watcher, seen) : SOMEBODY) };
  };
  const lease = once(
    (watcher: Actor | null, seen: LeaseView): LeaseView =>
      'holder' in seen ? { ...seen, holder: holder(watcher, seen.holder) } : seen,
  );
  const task = once((watcher: Actor | null, seen: TaskView): TaskView => {
    const { label, actor } = holder(watcher, {
      type: 'task',
      id: seen.id,
      label: seen.label,
      actor: seen.actor,
    });
    return { ...seen, label, actor };
  });
  const person = (watcher: Actor | null, actor: Actor, id = actor.id): Actor =>
    holder(watcher, { type: 'person', id, label: actor.name, actor }).actor;
  const change = once(
    (watcher: Actor | null, seen: RecordChange): RecordChange =>
      seen.actor ? { ...seen, actor: person(watcher, seen.actor, seen.by) } : seen,
  );
  const conflict = (watcher: Actor | null, seen: Conflict): Conflict => ({
    ...seen,
    lease: lease(watcher, seen.lease),
    ...(seen.task && { task: task(watcher, seen.task) }),
  });

  /** Users who look alike are named once. `count` stays, and counts them all. */
  const viewers = once(
    (watcher: Actor | null, { actors, count }: Viewers): Viewers => ({
      actors: [
        ...new Map(actors.map((actor) => person(watcher, actor)).map((seen) => [seen.id, seen])).values(),
      ],
      count,
    }),
  );

  /** Each field of an answer or event that names holders. Conflicts pass by `conflict` */
  const FIELDS: Readonly<Record<string, (watcher: Actor | null, value: never) => unknown>> = {
    lease,
    leases: each(lease),
    task,
    tasks: each(task),
    conflicts: each(conflict),
    changes: each(change),
    changed: each(change),
    viewers: (watcher, ofRecords: Record<RecordKey, Viewers>) =>
      Object.fromEntries(Object.entries(ofRecords).map(([key, seen]) => [key, viewers(watcher, seen)])),
    by: (watcher, value: unknown) => (isActor(value) ? person(watcher, value) : value),
  };

  return {
    holder,
    conflict,
    changes: each(change),
    body(watcher, body) {
      const seen = { ...body } as Record<string, unknown>;
      for (const [field, redact] of Object.entries(FIELDS)) {
        if (seen[field] !== undefined) seen[field] = redact(watcher, seen[field] as never);
      }
      return seen as unknown as typeof body;
    },
    forget: describe.forget,
  };
}

/** One answer for each holder and user. */
function createCachedDescription({
  describeHolder,
  signIns,
  clock,
  keptMs,
  onFailed,
}: HolderRedactionParts & { describeHolder: DescribeHolder }) {
  let answers = new WeakMap<Actor, Map<string, DescribedHolder>>();
  let sinceMs = clock.nowMs();

  function forget(): void {
    answers = new WeakMap();
    sinceMs = clock.nowMs();
  }

  function ask(watcher: Actor, holder: Holder): DescribedHolder {
    try {
      const { label, actor } = describeHolder({ watcher: signIns.userOf(watcher), holder });
      if (typeof label === 'string' && isActor(actor))
        return { label, actor: { id: actor.id, name: actor.name } };
      throw new TypeError(
        '`describeHolder` returned no `{ label, actor: { id, name } }`. The holder is hidden. Return both at once.',
      );
    } catch (error) {
      onFailed(error);
      return SOMEBODY;
    }
  }

  function describe(watcher: Actor, holder: Holder): DescribedHolder {
    if (clock.nowMs() - sinceMs >= keptMs) forget();
    const key = signIns.sharedQuestionOf(watcher);
    if (key === undefined) return ask(watcher, holder);
    let ofHolder = answers.get(holder.actor);
    if (!ofHolder || ofHolder.size >= MOST_ANSWERS) {
      ofHolder = new Map();
      answers.set(holder.actor, ofHolder);
    }
    const question = `${holder.type} ${holder.id} ${holder.label} ${key}`;
    const known = ofHolder.get(question) ?? ask(watcher, holder);
    ofHolder.set(question, known);
    return known;
  }
  return Object.assign(describe, { forget });
}

/** An object that was made for a user is not redacted again, though it may pass twice. */
function once<T extends object>(redact: (watcher: Actor | null, value: T) => T) {
  const made = new WeakSet<T>();
  return (watcher: Actor | null, value: T): T => {
    if (made.has(value)) return value;
    const seen = redact(watcher, value);
    if (seen !== value) made.add(seen);
    return seen;
  };
}

const each =
  <T>(redact: (watcher: Actor | null, value: T) => T) =>
  (watcher: Actor | null, values: readonly T[]): T[] =>
    values.map((value) => redact(watcher, value));

const isActor = (value: unknown): value is Actor =>
  typeof (value as Actor | null)?.id === 'string' && typeof (value as Actor).name === 'string';

/** Everybody sees everything of holders. */
export const UNREDACTED: HolderRedaction = {
  holder: (_watcher, holder) => holder,
  body: (_watcher, body) => body,
  conflict: (_watcher, conflict) => conflict,
  changes: (_watcher, changes) => [...changes],
  forget() {},
};
