/**
 * Follows the change logs and progress streams of namespaces from concrete positions, all on one connection of its own.
 *
 * Each read begins where the last one ended, so nothing is lost between two reads. After a lost connection `onGap` is
 * called first: entries may have been trimmed, or Redis may have lost data, so a reader loads its view again. The
 * next read waits for the readers of all namespaces.
 */
import type { Redis } from 'ioredis';
import type { Logger } from '../logger.ts';
import type { Keys } from '../redis/keys.ts';
import {
  comparePositions,
  type LogEntry,
  type LogPosition,
  type ProgressEntry,
  type RawEntry,
  readEntry,
  readProgressEntry,
} from './entry.ts';
import { BATCH_SIZE, BLOCK_MS, openStreamReader, type StreamReader } from './streamReader.ts';

/**
 * If entries follow each other within this time, the next read waits for it. Reading each entry alone would cost more
 * than its content is worth. A single entry is read at once.
 */
const GATHER_MS = 10;
/** After a failure, and between reads while a namespace has no position yet. */
const RETRY_MS = 100;

/** The position before the first entry. */
const EMPTY = '0-0';

export interface TailReader {
  /** Entries in order; the next batch is read when this has resolved. */
  onEntries(entries: LogEntry[], progress: ProgressEntry[]): Promise<void>;
  /** Reading has begun, or begun again after a gap. A rejection is retried. */
  onGap(): Promise<void>;
  /** Redis has gone; until `onGap` nothing new is known. */
  onLost(): void;
}

export interface Tail {
  close(): Promise<void>;
}

export interface Tails {
  /** A namespace that is added to others is read from within a second. */
  follow(keys: Keys, reader: TailReader, logger: Logger): Tail;
}

interface Follower {
  keys: Keys;
  reader: TailReader;
  logger: Logger;
  /** Undefined while nothing is known since a gap */
  positions: { log: LogPosition; progress: LogPosition } | undefined;
  /** In a row */
  failures: number;
  /** The call of its reader that runs now */
  handling: Promise<void>;
  isClosed: boolean;
}

/** `open` makes the connection for the first of them; it ends with the last. */
export function openTails(open: () => Redis): Tails {
  const followers = new Set<Follower>();
  let reading: Tail | undefined;
  return {
    follow(keys, reader, logger) {
      const follower: Follower = {
        ...{ keys, reader, logger, positions: undefined, failures: 0 },
        ...{ handling: Promise.resolve(), isClosed: false },
      };
      followers.add(follower);
      reading ??= startReading(open(), followers);
      return {
        async close() {
          follower.isClosed = true;
          followers.delete(follower);
          if (followers.size === 0) {
            const last = reading;
            reading = undefined;
            await last?.close();
          }
          await follower.handling;
        },
      };
    },
  };
}

/** Of one namespace, on a connection that ends with it. */
export const startTail = (redis: Redis, keys: Keys, reader: TailReader, logger: Logger): Tail =>
  openTails(() => redis).follow(keys, reader, logger);

function startReading(redis: Redis, followers: ReadonlySet<Follower>): Tail {
  let isClosed = false;
  const streams = openStreamReader(redis, () => {
    for (const follower of followers) lose(follower);
  });

  async function step(): Promise<void> {
    await streams.connected();
    await allOf([...followers].filter(({ positions }) => !positions).map((one) => begin(one, streams)));
    const positioned = [...followers].filter(({ positions }) => positions);
    if (positioned.length === 0) return pause(RETRY_MS);
    const read = await streams.read(
      positionsOf(positioned),
      positioned.length < followers.size ? RETRY_MS : BLOCK_MS,
    );
    for (const follower of positioned) follower.failures = 0;
    if (read.size === 0) return;
    const isFull = [...read.values()].some((entries) => entries.length === BATCH_SIZE);
    const isBusy = isSoonAfterLast() && !isFull;
    await Promise.all(positioned.map((one) => handle(one, () => apply(one, read, streams))));
    if (isBusy) await pause(GATHER_MS);
  }

  let lastReadAtMs = Number.NEGATIVE_INFINITY;
  function isSoonAfterLast(): boolean {
    const beforeMs = lastReadAtMs;
    lastReadAtMs = performance.now();
    return lastReadAtMs - beforeMs < GATHER_MS;
  }

  const loop = (async () => {
    while (!isClosed) {
      try {
        await step();
      } catch (error) {
        if (isClosed) return;
        fail([...followers], error);
        await pause(RETRY_MS);
      }
    }
  })();

  return {
    async close() {
      isClosed = true;
      streams.close();
      await loop;
    },
  };
}

/** The newest positions first, so that nothing comes between them and what the reader loads. */
async function begin(follower: Follower, streams: StreamReader): Promise<void> {
  const { keys, reader } = follower;
  const log = (await streams.newest(keys.log)) ?? EMPTY;
  const progress = (await streams.newest(keys.progress)) ?? EMPTY;
  await handle(follower, async () => {
    await reader.onGap();
    follower.positions = { log, progress };
  });
}

async function apply(
  follower: Follower,
  read: ReadonlyMap<string, RawEntry[]>,
  streams: StreamReader,
): Promise<void> {
  const { keys, reader, positions } = follower;
  if (!positions) return;
  // Another follower of the same namespace may be further behind.
  const since = (stream: string, last: LogPosition) =>
    (read.get(stream) ?? []).filter(([position]) => comparePositions(position, last) > 0);
  const log = since(keys.log, positions.log);
  const progress = since(keys.progress, positions.progress);
  if (log.length === 0 && progress.length === 0) return;
  if (await isTrimmedBeyond(positions.log, log, () => streams.oldest(keys.log))) {
    // Entries were trimmed before they were read: the reader loads everything again, as after any gap.
    follower.positions = undefined;
    return;
  }
  await reader.onEntries(
    log.map(readEntry).filter((entry) => entry !== undefined),
    progress.map(readProgressEntry),
  );
  if (!follower.positions) return;
  follower.positions = {
    log: log.at(-1)?.[0] ?? positions.log,
    progress: progress.at(-1)?.[0] ?? positions.progress,
  };
}

/** Asked only after a full batch, because only then a reader may be behind. */
async function isTrimmedBeyond(
  last: LogPosition,
  entries: readonly RawEntry[],
  askOldest: () => Promise<LogPosition | undefined>,
): Promise<boolean> {
  if (entries.length < BATCH_SIZE || last === EMPTY) return false;
  const oldest = await askOldest();
  return oldest !== undefined && comparePositions(oldest, last) > 0;
}

/** A reader that fails loads everything again. The others continue. */
async function handle(follower: Follower, work: () => Promise<void>): Promise<void> {
  if (follower.isClosed) return;
  follower.handling = work().catch((error: unknown) => fail([follower], error));
  await follower.handling;
}

/** Logs once for each outage, and once for a logger that several followers share. */
function fail(followers: readonly Follower[], error: unknown): void {
  for (const follower of followers) lose(follower);
  const loggers = followers.flatMap((follower) => (++follower.failures === 1 ? [follower.logger] : []));
  for (const logger of new Set(loggers))
    logger.warn('the change log cannot be read; trying again until it can', error);
}

function lose(follower: Follower): void {
  if (follower.positions) follower.reader.onLost();
  follower.positions = undefined;
}

function positionsOf(followers: readonly Follower[]): Map<string, LogPosition> {
  const positions = new Map<string, LogPosition>();
  const add = (stream: string, position: LogPosition) => {
    const other = positions.get(stream);
    if (other === undefined || comparePositions(position, other) < 0) positions.set(stream, position);
  };
  for (const { keys, positions: own } of followers) {
    if (!own) continue;
    add(keys.log, own.log);
    add(keys.progress, own.progress);
  }
  return positions;
}

/** If one fails, this waits for the others too: no work of a step continues beside the next step. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(works)) if (end.status === 'rejected') throw end.reason;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
