/** Puts the parts together; decides nothing. */
import type { Server as HttpServer } from 'node:http';
import { DEFAULT_LIMITS, type Limits } from '@rowlock/protocol';
import type { ErrorRequestHandler, Router } from 'express';
import type { Server, ServerOptions } from 'socket.io';
import type { LogEntry } from './changeLog/entry.ts';
import { createPermissionNews } from './changeLog/permissionNews.ts';
import type { Tail } from './changeLog/tail.ts';
import { type Clock, systemClock } from './clock.ts';
import { type Connections, connectionsTo } from './connections.ts';
import { assertDurationSetting } from './durations.ts';
import type { AddressOf } from './gateway/admission.ts';
import { createGateway } from './gateway/gateway.ts';
import { LiveView } from './gateway/liveView.ts';
import type { TabSession } from './gateway/tabSession.ts';
import { createWatching } from './gateway/watching.ts';
import { createGuard, type Guard } from './http/guard.ts';
import { problemHandler } from './http/problems.ts';
import { createRouter, type RedisHealth } from './http/router.ts';
import { endTabLeases } from './locks/leases/endTabLeases.ts';
import { createTabLeases } from './locks/leases/tabLeases.ts';
import { type Locks, type LocksOptions, openLocks } from './locks/locks.ts';
import type { HierarchyRules } from './locks/registry/hierarchy.ts';
import { tracedRegistry } from './locks/registry/tracedRegistry.ts';
import { type Logger, oneLineEach, quietLogger } from './logger.ts';
import { countedRegistry } from './metrics/countedRegistry.ts';
import { countEnds, createCounts } from './metrics/counts.ts';
import { createLagMeter } from './metrics/lagMeter.ts';
import { measure } from './metrics/measure.ts';
import type { Measurements } from './metrics/measurements.ts';
import { createOrigins } from './origins.ts';
import { type AuthOptions, createPermissions } from './permissions.ts';
import { connect, plainTarget, type RedisTarget } from './redis/connection.ts';
import { keysOf } from './redis/keys.ts';
import { ALL_COMMANDS } from './redis/needs.ts';
import { createStartUp, type StartUp } from './redis/startUp.ts';
import { createPositionStore } from './subscribers/positionStore.ts';
import { assertSubscribers, type SubscriberStatus, type Subscribers } from './subscribers/subscriber.ts';
import { createSubscribers } from './subscribers/subscribers.ts';
import type { TaskDefinition } from './tasks/definition/defineTask.ts';
import { createTaskChanges } from './tasks/read/taskChanges.ts';
import { startWorker, type TaskWorker, type WorkerOptions } from './tasks/run/worker.ts';
import { createAttemptStore } from './tasks/store/attemptStore.ts';
import { createLaunchStore } from './tasks/store/launchStore.ts';
import { openQueue } from './tasks/store/queue.ts';
import { createTaskStore } from './tasks/store/taskStore.ts';
import { createTasks, type Tasks } from './tasks/tasks.ts';
import type { Reconciliation } from './tasks/upkeep/reconcile/outcome.ts';
import { type ReconcileOptions, reconcileByHand } from './tasks/upkeep/reconcile/reconcileByHand.ts';
import { type Reconciler, startReconciler } from './tasks/upkeep/reconcile/reconciler.ts';
import { createReconcilerStore } from './tasks/upkeep/reconcile/reconcilerStore.ts';
import { limitsOf, type Retention, type RetentionKeeper, startRetention } from './tasks/upkeep/retention.ts';
import { createWaitingTender } from './tasks/upkeep/waitingTender.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { createTracing, NO_TRACING } from './telemetry/tracing.ts';

export interface SessionOptions {
  /**
   * How long a disconnected tab keeps its leases, in ms. Default 5,000. If the process that served the tab crashes, the
   * leases expire after at most 15 s
   */
  disconnectGraceMs?: number;
  /** Bounds on what a browser may ask for. Default `DEFAULT_LIMITS` */
  limits?: Partial<Limits>;
}

export interface RowlockOptions {
  /**
   * A URL such as `redis://127.0.0.1:6379/0`, or options of ioredis. Or an ioredis instance, as a model: all that are
   * given the same one share connections which Rowlock opens as it needs them. The instance stays yours to close
   */
  redis: RedisTarget;
  /** The unit of tenancy: what has another namespace shares nothing. 1 to 64 of letters, digits, `_`, `.`, `-` */
  namespace: string;
  /** The names of all resources; a record of any other is refused */
  resources: readonly string[];
  /** What is above what, for locks on subtrees. Default: nothing is */
  hierarchy?: HierarchyRules;
  /**
   * Awaited before a lease is ended from outside: by a takeover, or because its holder has fallen silent or is gone. Where
   * it throws, or has not answered within 10,000 ms, the lease stays for now
   */
  beforeRevoke?: LocksOptions['beforeRevoke'];
  /** What happens after a restart of Redis */
  recovery?: LocksOptions['recovery'];
  /** How much of Redis's memory the audit trail may take. Default about 8 MiB */
  audit?: LocksOptions['audit'];
  /** The tasks that this process may launch or work on. Default none */
  tasks?: readonly TaskDefinition[];
  /** How many ended tasks are remembered, and for how long. The strictest of a namespace's processes counts */
  retention?: Retention;
  /** Who the users are, and what they may do */
  auth: AuthOptions;
  /**
   * Origins whose pages may connect and act beside the server's own, as in `https://admin.example.com` (P14). Needed also
   * behind a proxy that changes `Host`. Default none
   */
  allowedOrigins?: readonly string[];
  /** Durable consumers of lifecycle events, by name: each gets every event of the namespace at least once, in order. Default none */
  subscribers?: Subscribers;
  /** The sessions of browser tabs: how long a lost one keeps its leases, and what it may ask for */
  sessions?: SessionOptions;
  /**
   * The address that a handshake of the live channel counts for, if it is refused. Default: the address of its connection,
   * which behind a reverse proxy is the proxy's, so that all users share one limit. Read it there from the header that your
   * proxy sets: `({ headers }) => String(headers['x-real-ip'])`
   */
  addressOf?: AddressOf;
  /**
   * Your `@opentelemetry/api`, or `{ tracer, propagation, context }`: acquiring, waiting, launching and running are spans
   * then, and a run belongs to the trace of its launch. Default: none
   */
  telemetry?: Telemetry;
  /** Default: warnings and errors to the console */
  logger?: Logger;
}

export interface Rowlock {
  locks: Locks;
  tasks: Tasks;
  /** How the subscribers stand that this process has. */
  subscribers: SubscriberStatus;
  /**
   * Connects, checks that Redis is fit, and begins to look after leases and tasks. Rejects if that fails at first. It is
   * then tried again until it succeeds or `close` is called, and the log says what it waits for; a later call waits for
   * the next try. @throws {RowlockError} `unavailable`
   */
  start(): Promise<void>;
  /**
   * Serves the live channel on an HTTP server, or on a Socket.IO server that the application has already; Rowlocks of
   * other namespaces may share it. @throws if the HTTP server has a Socket.IO server that Rowlock did not make
   */
  attach(server: HttpServer | Server, options?: Partial<ServerOptions>): void;
  /** The kit's own HTTP routes; mount it at `/rowlock`. */
  router(): Router;
  /** Refuses writes to records that somebody else holds: middleware, or a wrapper that also awaits the handler. */
  guard: Guard;
  /** Error middleware that answers Rowlock's errors and malformed requests as problem+json; mount it last. */
  errorHandler(): ErrorRequestHandler;
  /**
   * What `authorize` answers has changed, for one actor or for everybody. All processes of the namespace ask it again at the
   * next question; without this call a lost permission takes effect within 10 s. @throws {UnavailableError}
   */
  permissionsChanged(actorId?: string): Promise<void>;
  /**
   * Ends the connections of a user in all processes of the namespace, and the leases of their tabs. Browsers connect again
   * and are authenticated anew, so end the user's session first. A guarded write that runs is not stopped, but its
   * `signal` aborts if it is made under the lease of a tab. @throws {UnavailableError} call it again then
   */
  disconnect(actorId: string): Promise<void>;
  /** Works on tasks in this process, from when Rowlock has started: it waits for Redis, however long, and until `close`. */
  startWorker(options?: WorkerOptions): Promise<TaskWorker>;
  /**
   * Settles now what is left of holders that are gone, and says what it did and why; the automatic rounds do the same.
   * Takes about the TTL where something is suspected, since a heartbeat must be seen to stand still for so long.
   * @throws {UnavailableError}
   */
  reconcile(options?: ReconcileOptions): Promise<Reconciliation>;
  /** The numbers of this process and of the namespace, for any system of metrics; for Prometheus see `/metrics`. */
  measure(): Promise<Measurements>;
  /** Stops everything that this instance started. Leases of tabs stay for their TTL, to be resumed elsewhere. */
  close(): Promise<void>;
}

export function createRowlock(options: RowlockOptions): Rowlock {
  const { redis: target, namespace, resources } = options;
  const { disconnectGraceMs } = options.sessions ?? {};
  const logger = oneLineEach(options.logger ?? quietLogger);
  const clock: Clock = systemClock;
  const keys = keysOf(namespace);
  const limits: Limits = { ...DEFAULT_LIMITS, ...options.sessions?.limits };
  const definitions = new Map((options.tasks ?? []).map((task) => [task.name, task]));
  const retention = limitsOf(options.retention);
  // Before anything is opened that would have to be closed again.
  assertDurationSetting('sessions.disconnectGraceMs', disconnectGraceMs);
  assertSubscribers(options.subscribers ?? {});
  const permissions = createPermissions(options.auth, resources, clock);

  const origins = createOrigins(options.allowedOrigins ?? []);

  const { hierarchy, beforeRevoke, recovery, audit } = options;
  const counts = createCounts();
  const { telemetry } = options;
  const tracing = telemetry ? createTracing(telemetry, namespace) : NO_TRACING;

  const connections = connectionsTo(target);
  const { commands: redis } = connections;
  const locks = openedOn(connections, () =>
    openLocks(
      {
        redis,
        namespace,
        clock,
        logger,
        authorizeTakeOver: (question) => permissions.isGranted({ ...question, action: 'takeOver' }),
        ...(hierarchy && { hierarchy }),
        ...(beforeRevoke && { beforeRevoke }),
        ...(recovery && { recovery }),
        ...(audit && { audit }),
      },
      {
        around(registry) {
          const counted = countedRegistry(registry, counts);
          return telemetry ? tracedRegistry(counted, tracing) : counted;
        },
        tracing,
        commands: ALL_COMMANDS,
      },
    ),
  );
  const { registry } = locks;
  const store = createTaskStore(redis, keys);
  const attempts = createAttemptStore(redis, keys);
  const queue = openQueue(connections.queue, keys);
  const launches = createLaunchStore(redis, keys, queue.redis);
  const tender = createWaitingTender({ launches, queue, clock, logger });
  const changes = createTaskChanges({ store, clock });
  const { tasks, launchChild, ...runningHere } = createTasks({
    redis,
    keys,
    registry,
    audit: locks.audit,
    store,
    attempts,
    launches,
    queue,
    tender,
    changes,
    definitions,
    permissions,
    namespace,
    tracing,
    clock,
    logger,
  });
  const tabLeases = createTabLeases({ registry, clock, logger, graceMs: disconnectGraceMs });
  const view = new LiveView<TabSession>();
  const watching = createWatching({ view, registry, store, tasks, permissions, clock });
  const gateway = createGateway({
    namespace,
    view,
    watching,
    tabLeases,
    tasks,
    permissions,
    origins,
    limits,
    ...(options.addressOf && { addressOf: options.addressOf }),
    clock,
    logger,
  });

  const tellPermissionsChanged = createPermissionNews(redis, keys);
  const positions = createPositionStore(redis, keys);
  const subscribers = createSubscribers(options.subscribers ?? {}, { positions, store, clock, logger });

  const workers: TaskWorker[] = [];
  const workerStarts = new Set<StartUp>();
  let started: { tail: Tail; reconciler: Reconciler; retention: RetentionKeeper } | undefined;

  let isClosed = false;

  const lag = createLagMeter(clock);

  function start() {
    tender.start();
    locks.observer()!.onSight(gateway.noteWritable);
    const reconciler = startReconciler({
      store: createReconcilerStore(redis, keys),
      queue,
      registry,
      observer: locks.observer,
      revoker: locks.revoker,
      clock,
      logger,
    });
    reconciler.onOutcome(({ action }) => counts.reconcilerActions[action]++);
    return {
      retention: startRetention({ launches, clock }, retention),
      reconciler,
      tail: connections.tails.follow(
        keys,
        {
          onEntries: async (entries, progress) => {
            for (const entry of entries) if (entry.kind === 'permissions') permissions.forget(entry.actorId);
            nudgeWorkers(entries);
            tender.apply(entries);
            changes.apply(entries);
            await gateway.apply(entries, progress);
            lag.note(entries);
            countEnds(counts, entries);
            subscribers.tell(entries, progress);
          },
          onGap: () => {
            permissions.forget();
            subscribers.lookAgain();
            return gateway.reload();
          },
          onLost: gateway.lost,
        },
        logger,
      ),
    };
  }

  const startUp = createStartUp({
    what: 'Rowlock',
    async begin() {
      // Launching writes over the queue's connection, which is made beside the other one.
      await Promise.all([locks.begin(), connect(queue.redis)]);
      if (isClosed) return;
      started ??= start();
      await subscribers.begin();
    },
    clock,
    logger,
  });

  return {
    locks,
    tasks,
    subscribers,
    start: startUp.ready,
    attach: gateway.attach,
    router: () => createRouter({ tabLeases, tasks, permissions, origins, lookAtRedis, logger }),
    guard: createGuard({ namespace, registry, locks, permissions, origins, clock, logger }),
    errorHandler: () => problemHandler({ tasks, permissions }),
    async permissionsChanged(actorId) {
      permissions.forget(actorId);
      await tellPermissionsChanged(actorId);
    },
    async disconnect(actorId) {
      permissions.forget(actorId);
      // Here at once, also if Redis is away.
      await gateway.disconnect(actorId);
      await tellPermissionsChanged(actorId, { disconnect: true });
      await endTabLeases(registry, actorId);
    },
    async startWorker(workerOptions) {
      let worker: TaskWorker | undefined;
      const workerStart = createStartUp({
        what: 'A task worker',
        async begin() {
          await startUp.started();
          if (isClosed) return;
          const workerTarget = { openWorker: connections.openWorker, target: plainTarget(target) };
          worker = await startWorker(
            {
              ...workerTarget,
              namespace,
              tracing,
              attempts,
              registry,
              definitions,
              launchChild,
              isClosed: () => isClosed,
              clock,
              logger,
            },
            workerOptions,
          );
          // Closed meanwhile: nobody else knows of it.
          if (isClosed) await worker.close(0);
        },
        clock,
        logger,
      });
      workerStarts.add(workerStart);
      if (isClosed) workerStart.close();
      await workerStart.started().finally(() => workerStarts.delete(workerStart));
      workers.push(worker!);
      return worker!;
    },
    async reconcile(reconcileOptions) {
      await startUp.ready();
      return reconcileByHand({ reconciler: started!.reconciler, clock }, reconcileOptions);
    },
    measure: () =>
      measure({
        redis,
        keys,
        observer: locks.observer,
        reconciler: () => started?.reconciler,
        subscribers,
        counts,
        gateway,
        lag,
      }),
    async close() {
      isClosed = true;
      for (const start of [startUp, ...workerStarts]) start.close();
      await Promise.all([...workers, runningHere].map((worker) => worker.close()));
      await subscribers.close();
      await gateway.close();
      if (started) {
        await Promise.all([
          started.tail.close(),
          started.reconciler.close(),
          started.retention.close(),
          tender.close(),
          // With the reconciler: what it has begun to end is written while Redis is there.
          locks.revoker?.close(),
        ]);
      }
      await locks.close();
      await queue.close();
      connections.close();
    },
  };

  /** Who is asked to stop learns it now, not with the next heartbeat. */
  function nudgeWorkers(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (entry.kind !== 'task' || entry.event !== 'cancelRequested') continue;
      for (const worker of [...workers, runningHere]) worker.nudge(entry.taskId);
    }
  }

  async function lookAtRedis(): Promise<RedisHealth> {
    try {
      await registry.tendGrace();
      return 'reachable';
    } catch (error) {
      const { cause } = error as Error;
      return cause instanceof Error && cause.name === 'ReplyError' ? 'refuses writes' : 'unreachable';
    }
  }
}

/** If it throws, nobody will close the connections, which others may share. */
function openedOn<T>(connections: Pick<Connections, 'close'>, open: () => T): T {
  try {
    return open();
  } catch (error) {
    connections.close();
    throw error;
  }
}
