/**
 * Follows the change log and the progress stream from concrete places, on a connection of its own.
 *
 * Nothing is lost between two reads, because each begins where the last one ended. When the connection was lost,
 * `onGap` comes first after it is back: entries may have been trimmed, or Redis may have lost data, so a reader that
 * keeps a view loads it anew.
 */
import type { Redis } from 'ioredis';
import type { Logger } from '../logger.ts';
import { connect } from '../redis/connection.ts';
import type { Keys } from '../redis/keys.ts';
import {
  compareCursors,
  type LogEntry,
  type ProgressEntry,
  type RawEntry,
  readEntry,
  readProgressEntry,
} from './entry.ts';

/** Short, since a Redis that hangs is noticed only by an answer that does not come. */
const BLOCK_MS = 1_000;
const ANSWER_LIMIT_MS = BLOCK_MS + 1_500;
const BATCH_SIZE = 200;

/**
 * Where entries come so soon after others, the next ones are left to gather for so long: else each would be read by itself,
 * which costs Redis and this process more than what it tells of. One that comes alone is read at once.
 */
const GATHER_MS = 10;

/** The place before the first entry. */
const EMPTY = '0-0';

type Reply = [stream: string, entries: RawEntry[]][];

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

export function startTail(redis: Redis, keys: Keys, reader: TailReader, logger: Logger): Tail {
  let closed = false;
  let positions: { log: string; progress: string } | undefined;
  let lastReadAtMs = Number.NEGATIVE_INFINITY;
  /** The connection is being closed, which takes its time where nobody is at the other end. */
  let isGivenUp = false;
  const lost = () => {
    if (positions && !closed) reader.onLost();
    positions = undefined;
  };
  redis.on('close', () => {
    isGivenUp = false;
    lost();
  });

  // ioredis tells nobody of its end when it is disconnected between two attempts to reconnect: waiting for it would
  // not end.
  let stopWaiting = () => {};
  const closing = new Promise<never>((_, reject) => {
    stopWaiting = () => reject(new Error('The tail has been closed.'));
  });
  closing.catch(() => {});

  async function newest(stream: string): Promise<string> {
    const [entry] = (await answerInTime(redis.xrevrange(stream, '+', '-', 'COUNT', 1))) as RawEntry[];
    return entry?.[0] ?? EMPTY;
  }

  /** Asked only where a full batch came, which is where a reader may be behind. */
  async function isTrimmedBeyond(position: string, reply: Reply): Promise<boolean> {
    const isFull = reply.some(([stream, entries]) => stream === keys.log && entries.length === BATCH_SIZE);
    if (!isFull || position === EMPTY) return false;
    const [oldest] = (await answerInTime(redis.xrange(keys.log, '-', '+', 'COUNT', 1))) as RawEntry[];
    return oldest !== undefined && compareCursors(oldest[0], position) > 0;
  }

  async function step(): Promise<void> {
    if (!positions) {
      await Promise.race([connect(redis), closing]);
      const begin = { log: await newest(keys.log), progress: await newest(keys.progress) };
      await reader.onGap();
      positions = begin;
    }
    const reply = await answerInTime(
      redis.xread(
        'COUNT',
        BATCH_SIZE,
        'BLOCK',
        BLOCK_MS,
        'STREAMS',
        keys.log,
        keys.progress,
        positions.log,
        positions.progress,
      ) as Promise<Reply | null>,
    );
    if (!reply || !positions) return;
    const nowMs = performance.now();
    const isBusy =
      nowMs - lastReadAtMs < GATHER_MS && reply.every(([, entries]) => entries.length < BATCH_SIZE);
    lastReadAtMs = nowMs;
    if (await isTrimmedBeyond(positions.log, reply)) {
      // So far behind that entries are gone unread: everything is loaded anew, as after any gap.
      positions = undefined;
      return;
    }
    const read = new Map(reply);
    const logEntries = read.get(keys.log) ?? [];
    const progressEntries = read.get(keys.progress) ?? [];
    await reader.onEntries(
      logEntries.map(readEntry).filter((entry) => entry !== undefined),
      progressEntries.map(readProgressEntry),
    );
    if (positions) {
      positions.log = logEntries.at(-1)?.[0] ?? positions.log;
      positions.progress = progressEntries.at(-1)?.[0] ?? positions.progress;
    }
    if (isBusy) await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
  }

  /** A connection that does not answer is given up: it may be open for ever to a Redis that hangs. */
  async function answerInTime<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`Redis did not answer within ${ANSWER_LIMIT_MS} ms`)),
        ANSWER_LIMIT_MS,
      );
    });
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      answer.catch(() => {});
      if (!closed && !isGivenUp && redis.status === 'ready') {
        isGivenUp = true;
        redis.disconnect(true);
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  const loop = (async () => {
    let failures = 0;
    while (!closed) {
      try {
        await step();
        failures = 0;
      } catch (error) {
        if (closed) return;
        lost();
        if (++failures === 1) logger.warn('the change log cannot be read; trying again until it can', error);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  })();

  return {
    async close() {
      closed = true;
      stopWaiting();
      redis.disconnect();
      await loop;
    },
  };
}
