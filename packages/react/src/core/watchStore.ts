/** Everything that this tab watches. Applies the server's answers and changes, and notifies the listeners of changed keys. */
import type {
  Hidden,
  LeaseId,
  Limits,
  RecordChange,
  RecordKey,
  ResourceView,
  TaskView,
  View,
  Viewers,
} from '@rowlock/protocol';
import { type ChangeListener, ChangeNews } from './changeNews.ts';
import type { ClientClock } from './clock.ts';
import type { ConnectionState } from './connection.ts';
import { createForecastSource, type ForecastSource } from './forecast/forecastSource.ts';
import { PaceBook } from './forecast/paceBook.ts';
import { type ChangedKeys, KnownView } from './knownView.ts';
import { MissedChanges } from './missedChanges.ts';
import { ProgressGate } from './progressGate.ts';
import { isFinalRefusal } from './refusals.ts';
import { Subscriptions } from './subscriptions.ts';
import { TaskConfirmation } from './taskConfirmation.ts';
import { TaskLists } from './taskLists.ts';
import { TaskRequester, type TaskRequesterOptions } from './taskRequests.ts';
import type { TaskRoutes } from './taskRoutes.ts';
import type { Transport } from './transport.ts';
import { type SomeKeys, ViewListeners } from './viewListeners.ts';
import { createPresenceValues, type PresenceSnapshot, type WatchedPresence } from './watchedPresence.ts';
import { RecordReader, type RecordReaderOptions, type WatchedRecords } from './watchedRecords.ts';
import {
  createResourceValues,
  listLocks,
  type ResourceSnapshot,
  type WatchedResources,
} from './watchedResources.ts';
import { TaskReader, type WatchedTasks } from './watchedTasks.ts';
import type { WatchedValues } from './watchedValues.ts';
import type { WatchKeys } from './watchMessages.ts';

export interface WatchStoreOptions
  extends Pick<RecordReaderOptions, 'isOurs' | 'isConfirmed'>,
    Pick<TaskRequesterOptions, 'connection' | 'leases'> {
  transport: Transport;
  clock: ClientClock;
  taskRoutes: Pick<TaskRoutes, 'failures' | 'log'>;
  getConnection: () => ConnectionState;
  /** Unix time in ms by the server's clock */
  serverNow: () => number;
  /** This tab has made the change */
  isOwnChange: (change: RecordChange) => boolean;
}

export class WatchStore {
  readonly records: WatchedRecords;
  readonly tasks: WatchedTasks;
  readonly resources: WatchedResources;
  readonly presence: WatchedPresence;
  readonly forecasts: ForecastSource;
  readonly #paces = new PaceBook();
  readonly #view: KnownView;
  readonly #subscriptions: Subscriptions;
  readonly #confirmation: TaskConfirmation;
  readonly #recordReader: RecordReader;
  readonly #taskReader: TaskReader;
  readonly #lists: TaskLists;
  readonly #resourceValues: WatchedValues<ResourceView, ResourceSnapshot>;
  readonly #presenceValues: WatchedValues<Viewers, PresenceSnapshot>;
  readonly #listeners = new ViewListeners();
  readonly #changeNews: ChangeNews;
  readonly #missedChanges: MissedChanges;
  readonly #progressGate: ProgressGate;

  constructor(options: WatchStoreOptions) {
    const { transport, clock, getConnection, serverNow, isOwnChange, isOurs, isConfirmed } = options;
    this.#view = new KnownView(
      (key) => this.#subscriptions.records.has(key),
      (task) => this.#paces.note(task, serverNow()),
    );
    this.#changeNews = new ChangeNews(isOwnChange);
    this.#subscriptions = new Subscriptions({
      transport,
      clock,
      onSnapshot: (asked, view) => this.#onSnapshot(asked, view),
      getKnownVersion: () => this.#changeNews.knownVersion,
      onListed: (key, newest) => this.#lists.noteFirstPage(key, newest),
      onIdle: (keys) => this.#onIdle(keys),
      onRefused: (keys) => this.#onRefused(keys),
      warn: (message) => console.warn(`[rowlock] ${message}`),
    });
    this.#missedChanges = new MissedChanges({
      isAnswered: (key) => this.#subscriptions.records.isAnswered(key),
      getVersion: () => this.#changeNews.version,
      ask: (keys, since) => this.#subscriptions.lookAgain(keys, since),
    });
    const view = this.#view;
    this.#progressGate = new ProgressGate({
      clock,
      notify: (tasks) => this.#listeners.announce({ tasks, records: view.listRecordsOf(tasks) }),
    });
    const subscriptions = this.#subscriptions;
    this.#confirmation = new TaskConfirmation({ clock, tasks: view.tasks, subscriptions });
    this.#recordReader = new RecordReader({ view, subscriptions, getConnection, isOurs, isConfirmed });
    this.#lists = new TaskLists({
      ...{ transport, clock, view, subscriptions, getConnection },
      onPage: (tasks) => this.#announce(view.applyTasks(tasks)),
      onLoaded: () => this.#confirmation.begin(),
      onChanged: (key) => this.#listeners.announce({ tasks: [key] }),
      watch: (key, listener) => this.#watch({ tasks: [key] }, listener),
    });
    const isKept = (task: TaskView) => this.#lists.isKept(task);
    this.#taskReader = new TaskReader({ view, subscriptions, getConnection, isKept });
    this.#resourceValues = createResourceValues({ subscriptions, getConnection });
    this.#presenceValues = createPresenceValues({ subscriptions, getConnection });
    this.records = this.#createRecords();
    this.resources = this.#createResources(transport);
    const requester = new TaskRequester({ ...options, onTask: (task) => this.#noteTask(task) });
    this.tasks = this.#createTasks(requester, options.taskRoutes);
    this.forecasts = createForecastSource({
      ...{ transport, serverNow, view, subscriptions, paces: this.#paces },
      isOwn: (lease) => this.#recordReader.isOurs(lease),
    });
    this.presence = {
      watch: (keys, listener) => this.#watch({ presence: keys }, listener),
      get: (record) => this.#presenceValues.get(record),
    };
  }

  /** A new connection has begun: asks for everything again. */
  begin(limits: Limits): void {
    this.#doubtTasks();
    this.#subscriptions.begin(limits);
  }

  refresh(): void {
    this.#doubtTasks();
    this.#subscriptions.refresh();
  }

  /** The connection is lost. */
  abandon(): void {
    this.#progressGate.stop();
    this.#doubtTasks();
    this.#subscriptions.abandon();
  }

  applyChanges(view: View): void {
    const resources = this.#resourceValues.apply(view.resources);
    const presence = this.#presenceValues.apply(view.viewers);
    const changed = this.#view.applyChanges(view);
    this.#announce({ ...changed, resources, presence });
    this.#changeNews.applyChanges(view, !this.#subscriptions.records.hasOwed);
    // Many messages are about progress of a few tasks, viewers, or counts.
    if (changed.tasks.size > 0) this.#lists.trim();
    if (changed.tasks.size + changed.records.size > 0) this.#prune();
  }

  /** The user may no longer see these: forgets them. */
  hide(hidden: Hidden): void {
    const { records, resources, tasks, error } = hidden;
    this.#subscriptions.noteHidden(hidden);
    this.#view.records.hide(records);
    for (const id of tasks) this.#view.tasks.hide(id, isFinalRefusal(error));
    this.#resourceValues.forget(resources);
    this.#presenceValues.forget(records);
    this.#recordReader.forget(records);
    this.#taskReader.forget(tasks);
    this.#listeners.announce({
      records: new Set(records),
      tasks: new Set(tasks),
      resources: new Set(resources),
      presence: new Set(records),
    });
    this.#prune();
  }

  /** Something about leases of this tab has changed. */
  announceLeases(ids: LeaseId[]): void {
    this.#listeners.announce({
      records: new Set(ids.flatMap((id) => [...this.#view.records.listRecords(id)])),
    });
  }

  /** Adds every listener to `into`. */
  collectListeners(into: Set<() => void>): void {
    this.#listeners.collectAll(into);
  }

  #createRecords(): WatchedRecords {
    return {
      watch: (records, listener) => this.#watch({ records }, listener),
      getLock: (key) => this.#recordReader.getLock(key),
      onChanged: (keys, listener, { since } = {}) => this.#onChanged(keys, listener, since),
      onAnyChanged: (listener) => this.#changeNews.addForAll(listener),
      getVersion: () => this.#changeNews.version,
      findRefusal: (keys) => this.#subscriptions.findRefusal('records', keys),
      lookAgain: (keys) => this.#subscriptions.lookAgain(keys),
    };
  }

  #createTasks(requester: TaskRequester, routes: WatchStoreOptions['taskRoutes']): WatchedTasks {
    return {
      watch: (id, listener) => this.#watch({ tasks: [id] }, listener),
      get: (id) => this.#taskReader.get(id),
      list: (filter) => this.#lists.list(filter),
      launch: (name, input, options) => requester.launch(name, input, options),
      preview: (name, input) => requester.preview(name, input),
      retry: (id, options) => requester.retry(id, options),
      cancel: (id) => requester.cancel(id),
      failures: (id) => routes.failures(id),
      log: (id) => routes.log(id),
    };
  }

  #createResources(transport: Transport): WatchedResources {
    return {
      watch: (resource, listener) => this.#watch({ resources: [resource] }, listener),
      get: (resource) => this.#resourceValues.get(resource),
      listLocks: (resource, page) => listLocks(transport, resource, page),
    };
  }

  #watch(keys: SomeKeys, listener: () => void): () => void {
    const stopListening = this.#listeners.add(keys, listener);
    this.#subscriptions.retain(keys);
    let isEnded = false;
    return () => {
      if (isEnded) return;
      isEnded = true;
      stopListening();
      this.#subscriptions.release(keys);
    };
  }

  #onChanged(keys: readonly RecordKey[], listener: ChangeListener, since: number | undefined): () => void {
    const stopListening = this.#changeNews.add(keys, listener);
    const stopWatching = this.#watch({ records: keys }, () => {});
    const stopAsking = since === undefined ? () => {} : this.#missedChanges.want(keys, since);
    return () => {
      stopListening();
      stopWatching();
      stopAsking();
    };
  }

  #noteTask(task: TaskView): void {
    this.#announce(this.#view.applyTasks([task]));
    this.#lists.trim();
    this.#prune();
  }

  #onSnapshot(asked: WatchKeys, view: View): void {
    const changed = this.#view.applySnapshot(asked, view);
    this.#changeNews.applyAnswer(view);
    // Keys that were stale until now are fresh, even if their content is the same.
    for (const key of asked.records) changed.records.add(key);
    for (const id of asked.tasks) changed.tasks.add(id);
    for (const id of changed.progressed) changed.tasks.add(id);
    this.#resourceValues.apply(view.resources);
    this.#presenceValues.apply(view.viewers);
    this.#listeners.announce({ ...changed, resources: asked.resources, presence: asked.presence });
    this.#confirmation.noteAnswered(asked.tasks);
    this.#missedChanges.look();
  }

  #announce({ progressed, ...changed }: ChangedKeys & SomeKeys): void {
    this.#listeners.announce(changed);
    this.#progressGate.add(progressed);
  }

  #onRefused(keys: WatchKeys): void {
    this.#resourceValues.forget(keys.resources);
    this.#presenceValues.forget(keys.presence);
    this.#listeners.announce(keys);
  }

  #onIdle({ records, tasks, resources, presence }: WatchKeys): void {
    this.#view.records.forget(records);
    this.#recordReader.forget(records);
    this.#taskReader.forget(tasks);
    this.#lists.forget(tasks);
    this.#resourceValues.forget(resources);
    this.#presenceValues.forget(presence);
    this.#prune();
  }

  #doubtTasks(): void {
    this.#confirmation.stop();
    this.#lists.noteGap();
    this.#view.tasks.doubtAll();
  }

  #prune(): void {
    const { tasks } = this.#subscriptions;
    this.#view.prune({ isWatched: (id) => tasks.has(id), isListed: (task) => this.#lists.has(task) });
    this.#paces.retain((id) => this.#view.tasks.get(id) !== undefined);
  }
}
