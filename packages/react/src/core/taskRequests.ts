/** Launches, previews, retries and cancels tasks. */
import type {
  Ack,
  ClientMessage,
  ClientMessageName,
  ErrorBody,
  Launched,
  LeaseId,
  LeaseSecret,
  Preview,
  RecordKey,
  TaskTypeMap,
  TaskView,
} from '@rowlock/protocol';
import type { ClientClock } from './clock.ts';
import type { ConnectionWait } from './connectionDriver.ts';
import { elapsedMs, getMoment } from './moment.ts';
import { randomToken } from './randomToken.ts';
import { Backoff } from './refusals.ts';
import { RowlockClientError } from './rowlockClientError.ts';
import type { TypedTaskView } from './taskSnapshot.ts';
import type { Transport } from './transport.ts';

/** For this long a launch is repeated if its answer does not come, in ms. */
const REPEAT_FOR_MS = 20_000;

interface NewTaskOptions {
  /**
   * If others hold some of the records. `refuse` (default): nothing is launched. `skip`: the task gets the free records, if its
   * definition says `supportsPartial`. `wait`: the task waits for all of them
   */
  onConflict?: 'refuse' | 'skip' | 'wait';
  /** With `wait`: the longest time to wait, in ms. Default: until it has its records */
  waitMs?: number;
  /** How long to delay the first attempt, in ms. The task holds its records from now on. At most 7 days. Default 0 */
  delayMs?: number;
  /**
   * This user's launches with the same key and the same name are one task. 1 to 200 characters. Default: a random one for each
   * call, so that a launch whose answer was lost is found again
   */
  idempotencyKey?: string;
}

export interface LaunchOptions extends NewTaskOptions {
  /** Added to the definition's tags. At most 20 together, of 1 to 64 characters each */
  tags?: readonly string[];
  /**
   * A lease of this tab: its id, or records that it covers. It becomes the task's with all its records, which are never free in
   * between. The form that held it loses it with the reason `transferred`
   */
  lease?: LeaseId | readonly RecordKey[];
}

export interface RetryOptions extends NewTaskOptions {
  /** Only the records that failed. Default false */
  onlyFailed?: boolean;
}

interface Failure {
  ok: false;
  /** `conflict`: with `conflicts`, every lease that blocks the launch */
  error: RowlockClientError;
  /** No answer has come, so the task may be launched or not. The same `idempotencyKey` finds it */
  mayBeLaunched?: true;
}

export type LaunchOutcome<Result = unknown> =
  | ({ ok: true; task: TypedTaskView<Result> } & Omit<Launched, 'task'>)
  | Failure;
export type PreviewOutcome = ({ ok: true } & Preview) | Failure;
export type CancelOutcome = { ok: true; task: TaskView } | Failure;

/** The requests of a tab about tasks. No request rejects. `Types`: see `createRowlockClient`. */
export interface TaskRequests<Types extends TaskTypeMap = TaskTypeMap> {
  /**
   * Launches a task. Its records are locked when this resolves, or it waits for them. If the connection is lost before the
   * answer, the launch is repeated with the same key for up to 20 s, and launches one task.
   */
  launch<Name extends keyof Types & string>(
    name: Name,
    input: Types[Name]['input'],
    options?: LaunchOptions,
  ): Promise<LaunchOutcome<Types[Name]['result']>>;
  /** The records that a launch would lock, and the conflicts now. Locks and launches nothing. */
  preview<Name extends keyof Types & string>(
    name: Name,
    input: Types[Name]['input'],
  ): Promise<PreviewOutcome>;
  /** Launches an ended task again, as a new task with the same input. Repeated like a launch. */
  retry(id: string, options?: RetryOptions): Promise<LaunchOutcome>;
  /** Asks a task to stop. */
  cancel(id: string): Promise<CancelOutcome>;
}

/** The leases of this tab, of which a launch can transfer one to its task. */
interface TransferableLeases {
  /** Id and secret of a lease of this tab, when the server has confirmed it. Undefined if there is no such lease, or after `limitMs` */
  whenProven(wanted: LeaseId | readonly RecordKey[], limitMs: number): Promise<LeaseSecret | undefined>;
  /** A task holds the lease now. */
  noteTransferred(leaseId: LeaseId): void;
}

export interface TaskRequesterOptions {
  transport: Transport;
  clock: ClientClock;
  connection: ConnectionWait;
  leases: TransferableLeases;
  /** The server has answered with this task. */
  onTask: (task: TaskView) => void;
}

/** An answer, or none within the time of a launch. */
type Repeated<N extends ClientMessageName> =
  | Extract<Ack<N>, { ok: true }>
  | { ok: false; error: ErrorBody; mayBeLaunched?: true };

export class TaskRequester implements TaskRequests {
  readonly #options: TaskRequesterOptions;

  constructor(options: TaskRequesterOptions) {
    this.#options = options;
  }

  async launch(
    task: string,
    input: unknown,
    { lease: wanted, tags, ...options }: LaunchOptions = {},
  ): Promise<LaunchOutcome> {
    const message = {
      task,
      input,
      ...withKey(options),
      ...(tags && { tags: [...tags] }),
    };
    if (wanted === undefined) return this.#noteLaunched(await this.#repeat('launch', async () => message));
    let lease: LeaseSecret | undefined;
    const answer = await this.#repeat('launch', async (limitMs) => {
      // A new connection gives the lease a new secret. If the task has the lease already, its key finds the task.
      lease = (await this.#options.leases.whenProven(wanted, limitMs)) ?? lease;
      return lease && { ...message, lease };
    });
    // With a key of its own it may be an earlier launch, which has another lease.
    if (answer.ok && lease?.leaseId === answer.task.leaseId)
      this.#options.leases.noteTransferred(lease.leaseId);
    return this.#noteLaunched(answer);
  }

  async preview(task: string, input: unknown): Promise<PreviewOutcome> {
    const answer = await this.#options.transport.request('preview', { task, input });
    return answer.ok ? answer : failed(answer.error);
  }

  async retry(taskId: string, options: RetryOptions = {}): Promise<LaunchOutcome> {
    const message = { taskId, ...withKey(options) };
    return this.#noteLaunched(await this.#repeat('retry', async () => message));
  }

  async cancel(taskId: string): Promise<CancelOutcome> {
    const answer = await this.#options.transport.request('cancel', { taskId });
    if (!answer.ok) return failed(answer.error);
    this.#options.onTask(answer.task);
    return answer;
  }

  #noteLaunched(answer: Repeated<'launch' | 'retry'>): LaunchOutcome {
    if (!answer.ok) return { ...failed(answer.error), ...(answer.mayBeLaunched && { mayBeLaunched: true }) };
    this.#options.onTask(answer.task);
    return answer;
  }

  /** Sends a message with an idempotency key until the server says what has become of it. */
  async #repeat<N extends Extract<ClientMessageName, 'launch' | 'retry'>>(
    name: N,
    getMessage: (limitMs: number) => Promise<ClientMessage<N> | undefined>,
  ): Promise<Repeated<N>> {
    const { transport, clock, connection } = this.#options;
    const obstacle = await connection.whenConnected();
    if (obstacle) return { ok: false, error: toBody(obstacle) };
    const begun = getMoment(clock);
    const backoff = new Backoff(clock);
    const leftMs = () => REPEAT_FOR_MS - elapsedMs(begun, clock);
    for (;;) {
      const message = await getMessage(leftMs());
      if (!message) return { ok: false, error: LEASE_LOST };
      const answer = await transport.request(name, message);
      if (answer.ok || answer.error.code !== 'unavailable') return answer;
      await new Promise<void>((resolve) => backoff.schedule(resolve));
      if (leftMs() <= 0 || !(await connection.whenConnectedAgain(leftMs()))) {
        return {
          ok: false,
          mayBeLaunched: true,
          error: { ...answer.error, message: `${UNKNOWN_OUTCOME} ${answer.error.message}` },
        };
      }
    }
  }
}

const withKey = <Options extends NewTaskOptions>(options: Options): Options & { idempotencyKey: string } => ({
  ...options,
  idempotencyKey: options.idempotencyKey ?? randomToken(),
});

const toBody = ({ code, message, conflicts }: RowlockClientError): ErrorBody => ({
  code,
  message,
  conflicts: [...conflicts],
});

const failed = (error: ConstructorParameters<typeof RowlockClientError>[0]): Failure => ({
  ok: false,
  error: new RowlockClientError(error),
});

const UNKNOWN_OUTCOME =
  'The answer did not arrive, so the task may be launched or not. Check the list of tasks before you launch it again.';

const LEASE_LOST = {
  code: 'lease_lost',
  message:
    'This tab holds no such lease, so none can be transferred to the task, and nothing was launched. Acquire the records ' +
    'again, or launch without a lease.',
} as const;
