/**
 * One browser tab on the server: its user, its connection, and the changes that are still to be sent. `watching` says
 * what has changed, and `messages` answers what the tab asks for.
 */
import type {
  Actor,
  Hidden,
  Holder,
  Idle,
  LeaseAcquired,
  LeaseLost,
  LeaseWaiting,
  RecordKey,
  ReleaseAnswered,
  ReleaseRequested,
  SessionSecret,
  TaskView,
  View,
} from '@rowlock/protocol';
import type { Clock } from '../../clock.ts';
import type { RowlockError } from '../../errors.ts';
import type { HolderRedaction } from '../../holderRedaction.ts';
import type { LeaseSession } from '../../locks/leases/sessionLeases.ts';
import type { ProvenTab } from '../../sessions/openSessions.ts';
import { credentialsExpired } from '../../signIns.ts';
import { CredentialsTerm } from '../connections/credentialsTerm.ts';
import { readHandshake } from '../connections/handshakeSession.ts';
import { endSocket, type RowlockSocket } from '../connections/rowlockSocket.ts';
import { createFirstTimes, type FirstTimes } from '../firstTimes.ts';
import type { Lane } from '../lane.ts';
import { createRateLimit, type RateLimit } from '../rateLimit.ts';
import { buildView, type ViewContent } from '../view/buildView.ts';
import type { WatchedRecords } from '../view/watchedRecords.ts';
import type { WatchedResources } from '../view/watchedResources.ts';
import type { WatchedViewers } from '../view/watchedViewers.ts';
import { AwaitedTasks } from './awaitedTasks.ts';
import { laneWhileConnected } from './laneWhileConnected.ts';
import { Outbox } from './outbox.ts';
import { PendingChanges } from './pendingChanges.ts';
import { ShownHolders } from './shownHolders.ts';
import { ShownTasks } from './shownTasks.ts';

export interface SessionParts {
  watched: WatchedRecords<Session>;
  watchedResources: WatchedResources<Session>;
  watchedViewers: WatchedViewers<Session>;
  clock: Clock;
  messagesPer10s: number;
  mayWatch(actor: Actor, task: TaskView): boolean | Promise<boolean>;
  redaction: Pick<HolderRedaction, 'body'>;
  onAuthorizeFailed(session: Session, error: unknown): void;
}

export class Session implements LeaseSession, ProvenTab {
  /** The holder's id of all leases of this tab. Others see it */
  readonly id: string;
  readonly sessionSecret: SessionSecret | undefined;
  readonly socket: RowlockSocket;
  readonly actor: Actor;
  readonly isWithinRate: RateLimit;
  /** For messages to the log about this session */
  readonly isFirst: FirstTimes = createFirstTimes();
  /** Messages that change the watches or leases run in the order of their arrival */
  readonly inOrder: Lane;
  /** It ends itself, and its connection ends after the answer */
  isSigningOut = false;
  /** The tasks that it was sent */
  readonly shownTasks = new ShownTasks();

  readonly #watched: WatchedRecords<Session>;
  readonly #resources: WatchedResources<Session>;
  readonly #viewers: WatchedViewers<Session>;
  readonly #changes = new PendingChanges();
  readonly #holders: ShownHolders;
  readonly #redaction: Pick<HolderRedaction, 'body'>;
  /** Tasks that are sent once `authorize` has answered */
  readonly #awaitedTasks: AwaitedTasks;
  readonly #outbox: Outbox;
  readonly #credentialsTerm: CredentialsTerm;
  #position = '0-0';
  #pendingCertainty: boolean | undefined;

  constructor(socket: RowlockSocket, actor: Actor, parts: SessionParts) {
    const { watched, watchedResources, watchedViewers, clock, messagesPer10s, mayWatch, onAuthorizeFailed } =
      parts;
    this.socket = socket;
    this.actor = actor;
    this.sessionSecret = readHandshake(socket.handshake.auth).session;
    this.id = this.sessionSecret?.sessionId ?? socket.id;
    this.isWithinRate = createRateLimit(messagesPer10s, clock);
    this.inOrder = laneWhileConnected(socket);
    this.#watched = watched;
    this.#resources = watchedResources;
    this.#viewers = watchedViewers;
    this.#redaction = parts.redaction;
    this.#credentialsTerm = new CredentialsTerm(clock, () => this.end(credentialsExpired()));
    this.#holders = new ShownHolders(watched.leases);
    this.#awaitedTasks = new AwaitedTasks({
      clock,
      mayWatch: (task) => mayWatch(actor, task),
      onGranted: (task, isUrgent) => this.#noteGranted(task, isUrgent),
      onSettled: () => this.#outbox.endHold(),
      onFailed: (error) => onAuthorizeFailed(this, error),
    });
    this.#outbox = new Outbox({ socket, clock, answers: this.#awaitedTasks, send: () => this.#send() });
  }

  /** An answer or event is sent, perhaps with tasks. */
  noteShown(sent: object): void {
    const { task, tasks = [] }: { task?: TaskView; tasks?: readonly TaskView[] } = sent;
    for (const shown of task ? [task, ...tasks] : tasks) this.shownTasks.note(shown);
  }

  /** These records have changed. */
  noteRecords(records: Iterable<RecordKey>, position: string): void {
    this.#changes.noteRecords(records);
    this.#position = position;
    this.#outbox.sendSoon();
  }

  /** The locks and viewers among these records are sent again, since the user may see other parts of people. */
  sendAgain({ records, presence }: { records: Iterable<RecordKey>; presence: Iterable<RecordKey> }): void {
    const locked = [...records].filter((key) => this.#watched.leases.on(key).length > 0);
    if (locked.length > 0) this.noteRecords(locked, this.#position);
    for (const record of presence) this.noteViewers(record);
  }

  /** The data of these records has changed. Undefined `position`: found after a gap */
  noteChanged(records: Iterable<RecordKey>, position = this.#position): void {
    this.#changes.noteChanged(records);
    this.#position = position;
    this.#outbox.sendSoon();
  }

  /**
   * The newest state of a task, in the order of the change log. It is sent as soon as `authorize` permits it.
   * @param isUrgent the task's state has changed, not only its progress
   */
  noteTask(task: TaskView, isUrgent: boolean): void {
    this.#awaitedTasks.offer(task, isUrgent);
  }

  /** The counts of a resource have changed. */
  noteResource(resource: string): void {
    this.#changes.noteResource(resource);
    this.#outbox.sendSoon();
  }

  dropResources(resources: Iterable<string>): void {
    this.#changes.dropResources(resources);
  }

  /** The viewers of a record have changed. */
  noteViewers(record: RecordKey): void {
    this.#changes.noteViewers(record);
    this.#outbox.sendSoon();
  }

  dropViewers(records: Iterable<RecordKey>): void {
    this.#changes.dropViewers(records);
  }

  /** The session no longer watches these records, so nothing about them is sent. */
  dropRecords(records: Iterable<RecordKey>): void {
    this.#changes.drop(records);
  }

  /** Sent after all pending changes: `true` means that they have been sent. */
  noteCertainty(certain: boolean): void {
    this.#pendingCertainty = certain;
    this.#outbox.sendSoon();
  }

  /** The session as the holder of a lease. `label`: default the actor's name */
  asHolder(label: string = this.actor.name): Holder {
    return { type: 'person', id: this.id, label, actor: this.actor };
  }

  onIdle(idle: Idle): void {
    this.socket.emit('idle', idle);
  }

  onLeaseLost(lost: LeaseLost): void {
    this.socket.emit('leaseLost', this.#redaction.body(this.actor, lost));
  }

  onLeaseWaiting(waiting: LeaseWaiting): void {
    this.socket.emit('leaseWaiting', waiting);
  }

  onLeaseAcquired(acquired: LeaseAcquired): void {
    this.socket.emit('leaseAcquired', acquired);
  }

  onReleaseRequested(request: ReleaseRequested): void {
    this.socket.emit('releaseRequested', this.#redaction.body(this.actor, request));
  }

  onReleaseAnswered(answered: ReleaseAnswered): void {
    this.socket.emit('releaseAnswered', answered);
  }

  /** The state of records as this gateway knows it now. `granted`: the tasks whose labels it may show */
  viewOf(content: Omit<ViewContent, 'version'>, granted?: ReadonlySet<string>): View {
    const { leases, changes } = this.#watched;
    return buildView(
      { ...content, version: changes.version },
      {
        leases,
        resources: this.#resources,
        viewersOf: (record) => this.#viewers.viewOf(record, this.id),
        asSeen: (lease) => this.#holders.asSeen(lease, granted),
      },
    );
  }

  /** The user may no longer watch these. The records are no longer watched. */
  hide({ records = [], resources = [], tasks = [] }: Partial<Hidden>, error: RowlockError): void {
    this.#changes.drop(records);
    this.#changes.dropResources(resources);
    this.#changes.dropTasks(tasks);
    this.socket.emit('hidden', { records, resources, tasks, error: error.toBody() });
    for (const id of tasks) {
      this.shownTasks.delete(id);
      this.#holders.hide(id);
      // Sent again, without its label.
      this.#changes.noteRecords(this.#watchedOnly(this.#watched.leases.recordsOfTask(id)));
    }
    if (!this.#changes.isEmpty) this.#outbox.sendSoon();
  }

  /** Until `resumeSending` no changes are sent. They stay pending. */
  suspendSending(): void {
    this.#outbox.suspend();
  }

  resumeSending(): void {
    this.#outbox.resume();
  }

  /** When its credentials expire, in Unix ms. Undefined: never */
  noteExpiry(expiresAt: number | undefined): void {
    this.#credentialsTerm.note(expiresAt, Date.now());
  }

  /** Ends the connection, and says why. */
  end(reason: RowlockError): void {
    endSocket(this.socket, reason);
  }

  close(): void {
    this.#credentialsTerm.close();
    this.#awaitedTasks.close();
    this.#outbox.close();
    this.#changes.take();
  }

  #noteGranted(task: TaskView, isUrgent: boolean): void {
    if (this.#holders.grant(task.id)) {
      // Its rows were sent without its label.
      this.#changes.noteRecords(this.#watchedOnly(this.#watched.leases.recordsOfTask(task.id)));
      this.#outbox.sendSoon();
    }
    this.#changes.noteTask(task);
    if (isUrgent) this.#outbox.sendSoon();
    else this.#outbox.sendProgress();
  }

  #send(): void {
    if (!this.#changes.isEmpty) {
      const { records, tasks, changed, resources, viewers } = this.#changes.take();
      const content = {
        records,
        tasks,
        position: this.#position,
        ...(resources && { resources }),
        ...(viewers && { viewers }),
        ...(changed && { changed: this.#watched.changes.of(changed) }),
      };
      const seen = this.#redaction.body(this.actor, this.viewOf(content));
      this.noteShown(seen);
      this.socket.emit('changes', seen);
      this.#holders.forgetGranted();
    }
    if (this.#pendingCertainty !== undefined) {
      this.socket.emit('certainty', { certain: this.#pendingCertainty });
      this.#pendingCertainty = undefined;
    }
  }

  #watchedOnly(records: Iterable<RecordKey>): RecordKey[] {
    return [...records].filter((key) => this.#watched.watchersOf(key).has(this));
  }
}
