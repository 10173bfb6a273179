/**
 * A Rowlock server under test, as the behaviours see it: a gateway on Redis, or the server in memory. A behaviour uses nothing
 * else, so it proves that both answer alike.
 */
import type {
  Ack,
  Actor,
  ClientMessage,
  ClientMessageName,
  ErrorBody,
  Hello,
  IdleRule,
  LeaseView,
  Limits,
  LockScope,
  RecordKey,
  SameUser,
  ServerEvents,
  TaskView,
} from '@rowlock/protocol';

export interface SubjectOptions {
  limits?: Partial<Limits>;
  /** Default 5,000 */
  disconnectGraceMs?: number;
  /** Default: no lease ends because nobody is active */
  idle?: IdleRule;
  /** Whether tabs may see who else looks at a record. Default true */
  presence?: boolean;
  /** The rule for a second tab of the same user. Default `separate` */
  sameUser?: SameUser;
  /** Decides what `authorize` answers. Default: everybody may do everything */
  authorize?: (question: Question) => boolean;
}

/** The part of a question to `authorize` that both servers ask. */
interface Question {
  actor: Actor;
  action: string;
  records?: readonly RecordKey[];
  /** With `acquire` */
  scope?: LockScope;
  /** With `takeOver` */
  lease?: LeaseView;
  /** With `takeOver`, if the actor has asked for the release of that lease */
  releaseRequest?: string;
  task?: { name: string } | TaskView;
}

/** Opens a server of its own for a test. It closes when the test has ended. */
export type OpenSubject = (options?: SubjectOptions) => Promise<Subject>;

/** The resources `cities` and `regions` are known, and no others. Tabs can launch the task `rename`. */
export interface Subject {
  /**
   * Connects a user, whose id and name are the same: `ann`. Nobody is signed in as `nobody`. Resolves when the server is certain.
   * @throws {ConnectionRefused}
   */
  connect(actorId: string, options?: ConnectOptions): Promise<Connection>;
  /** Launches a task that runs until the test ends it. Resolves when it runs. */
  startTask(task: { label: string; records: readonly RecordKey[]; actorId?: string }): Promise<RunningTask>;
  /** Notes that the data of records has changed. Returns the version. */
  changed(records: readonly RecordKey[], by: { actorId: string; by: string }): Promise<number>;
  /** `authorize` answers differently now about this user. */
  permissionsChanged(actorId: string): Promise<void>;
  /** Redis stops answering. Resolves at once. Before the test ends, it answers again by itself. */
  loseRedis(): Promise<void>;
  /** Redis answers again. */
  findRedis(): Promise<void>;
}

interface ConnectOptions {
  /** `<session id>.<secret>`. Default none */
  session?: string;
  /** How long the credentials are valid, in ms. Default: until the test ends */
  credentialsForMs?: number;
}

interface RunningTask {
  id: string;
  /** Reports units of work as done. */
  advance(units: number): Promise<void>;
  /** Reports a record as finished, so that it is free. */
  finish(record: RecordKey): Promise<void>;
  end(how: 'completed' | 'failed'): Promise<void>;
}

/** A connection of one tab. */
export interface Connection {
  readonly hello: Hello;
  /** Every event so far, oldest first */
  readonly events: readonly ReceivedEvent[];
  readonly isConnected: boolean;
  request<N extends ClientMessageName>(name: N, message: ClientMessage<N>): Promise<Ack<N>>;
  /** Sends anything, also what the types forbid. */
  requestRaw(name: string, message?: unknown): Promise<Ack<ClientMessageName>>;
  /** The connection is lost, without a word to the server. */
  drop(): void;
}

export type ServerEventName = keyof ServerEvents;
export type EventPayload<Name extends ServerEventName> = Parameters<ServerEvents[Name]>[0];
export type ReceivedEvent = {
  [Name in ServerEventName]: { name: Name; payload: EventPayload<Name> };
}[ServerEventName];

export class ConnectionRefused extends Error {
  readonly body: ErrorBody;

  constructor(body: ErrorBody) {
    super(body.message);
    this.body = body;
  }
}

/** The user of that id, as both servers know them. */
export const userOf = (actorId: string): Actor => ({ id: actorId, name: actorId });
