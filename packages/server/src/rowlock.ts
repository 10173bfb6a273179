/** The public interface of a Rowlock. */
import type { Server as HttpServer } from 'node:http';
import type { RecordKey } from '@rowlock/protocol';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Server, ServerOptions } from 'socket.io';
import type { Guard } from './http/express/guard.ts';
import type { OpenApiDocument, OpenApiOptions } from './http/openapi/openApiDocument.ts';
import type { FetchHandler, FetchHandlerOptions } from './http/web/fetchHandler.ts';
import type { GuardRequest } from './http/web/guardRequest.ts';
import type { Locks } from './locks/locks.ts';
import type { Measurements } from './metrics/measurements.ts';
import type { SubscriberStatus } from './subscribers/subscriber.ts';
import type { TaskWorker, WorkerOptions } from './tasks/run/worker.ts';
import type { Tasks } from './tasks/tasks.ts';
import type { Reconciliation } from './tasks/upkeep/reconcile/outcome.ts';
import type { ReconcileOptions } from './tasks/upkeep/reconcile/reconcileByHand.ts';
import type { ChangedOptions, Versions } from './versions/versions.ts';

export interface UserSessions {
  /**
   * Reports that the answers of `authenticate` or `authorize` have changed, for one actor or for everybody. All processes of
   * the namespace ask again at once. Without this call a lost permission takes effect within 10 s.
   * @throws {UnavailableError}
   */
  refresh(actorId?: string): Promise<void>;
  /**
   * Ends the connections of a user in all processes of the namespace, and the leases of their tabs. Browsers connect and
   * authenticate again, so end the user's session first. A guarded write that runs is not stopped; its `signal` aborts if
   * the write is under the lease of a tab. @throws {UnavailableError} Call it again then
   */
  disconnect(actorId: string): Promise<void>;
}

export interface Rowlock {
  locks: Locks;
  tasks: Tasks;
  /** The version of the data, which screens remember so that a write on old data is refused. */
  versions: Versions;
  /**
   * Notes that the application has changed records by itself: an import, a console, another service. Returns the version
   * of the change. Call it after the commit. `cities/*` stands for every city. @throws {UnavailableError} Call it again then
   */
  changed(records: readonly RecordKey[], options?: ChangedOptions): Promise<number>;
  /** The state of this process's subscribers. */
  subscribers: SubscriberStatus;
  /**
   * Connects, checks that Redis is suitable, and begins the background duties for leases and tasks. If that fails, it rejects.
   * Rowlock then retries by itself until it succeeds or `close` is called, and logs the cause. A later call waits for
   * the next try. @throws {RowlockError} `unavailable`
   */
  start(): Promise<void>;
  /**
   * Serves the live channel on an HTTP server, or on a Socket.IO server of the application. Rowlocks of other namespaces
   * may share it. @throws if the HTTP server has a Socket.IO server that Rowlock did not make
   */
  attach(server: HttpServer | Server, options?: Partial<ServerOptions>): void;
  /** The HTTP routes of the kit for Express. Mount them at `/rowlock`. */
  router(): RequestHandler;
  /** The same routes as a Web handler, for Hono, Next and others. */
  fetchHandler(options?: FetchHandlerOptions): FetchHandler;
  /** Refuses writes to records that somebody else holds: as middleware, or as a wrapper that also awaits the handler. */
  guard: Guard;
  /** The same for a Web handler, which it wraps. Refusals are answered as problem+json. */
  guardRequest: GuardRequest;
  /**
   * Middleware for routes that read: reads the version before the handler reads its data, and sends it in the header
   * `Rowlock-Version`. If Redis does not answer, the route works, and the header is 0: a write on it is refused.
   */
  versioned(): RequestHandler;
  /** The OpenAPI 3.1 document of the routes. */
  openapi(options?: OpenApiOptions): OpenApiDocument;
  /** Error middleware for Express that answers Rowlock's errors and malformed requests as problem+json. Mount it last. */
  errorHandler(): ErrorRequestHandler;
  /** The sessions of users: their permissions, and their end. */
  sessions: UserSessions;
  /** Runs tasks in this process, from the time when Rowlock has started until `close`. Waits for Redis without a limit. */
  startWorker(options?: WorkerOptions): Promise<TaskWorker>;
  /**
   * Settles the tasks and leases of crashed holders now, and returns what it did and why. The automatic rounds do the same.
   * If something is suspected, it takes about the TTL, because a heartbeat must stay unchanged for that time.
   * @throws {UnavailableError}
   */
  reconcile(options?: ReconcileOptions): Promise<Reconciliation>;
  /** The metrics of this process and of the namespace, for any monitoring system. For Prometheus see `/metrics`. */
  measure(): Promise<Measurements>;
  /**
   * Stops everything that this instance started. The leases of tabs stay for their TTL, so that another process can resume them.
   * @throws {RowlockError} `bad_request`
   */
  close(options?: CloseOptions): Promise<void>;
}

export interface CloseOptions {
  /**
   * Hands the tabs over to other servers before it stops, evenly over this time, in ms. Meanwhile `GET /health` answers 503, new
   * connections are refused, and HTTP requests are served. Default 0: all connections end at once
   */
  drainMs?: number;
}
