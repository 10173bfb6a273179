/**
 * Reads streams on a connection of its own, by blocking reads. A connection that does not answer is closed, because a
 * Redis that hangs keeps it open without an end.
 */
import type { Redis } from 'ioredis';
import { connect } from '../redis/connection.ts';
import type { LogPosition, RawEntry } from './entry.ts';

/** Short, because only a missing answer shows that Redis hangs. */
export const BLOCK_MS = 1_000;
const ANSWER_LIMIT_MS = BLOCK_MS + 1_500;
/** The most entries of one stream in one read */
export const BATCH_SIZE = 200;

export interface StreamReader {
  /** Waits until Redis can be reached. */
  connected(): Promise<void>;
  newest(stream: string): Promise<LogPosition | undefined>;
  oldest(stream: string): Promise<LogPosition | undefined>;
  /** The entries after these positions, within `blockMs`. */
  read(positions: ReadonlyMap<string, LogPosition>, blockMs: number): Promise<Map<string, RawEntry[]>>;
  close(): void;
}

export function openStreamReader(redis: Redis, onLost: () => void): StreamReader {
  let isClosed = false;
  /** The connection is closing. That takes time if the other end is gone */
  let isGivenUp = false;
  redis.on('close', () => {
    isGivenUp = false;
    if (!isClosed) onLost();
  });

  // ioredis reports no end if it is disconnected between two attempts to reconnect, so waiting for that would not end.
  let stopWaiting = () => {};
  const closing = new Promise<never>((_, reject) => {
    stopWaiting = () =>
      reject(new Error('The reader of the change log was closed. Open another to read on.'));
  });
  closing.catch(() => {});

  async function answerInTime<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new Error(`Redis did not answer within ${ANSWER_LIMIT_MS} ms. Another connection is tried.`),
          ),
        ANSWER_LIMIT_MS,
      );
    });
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      answer.catch(() => {});
      if (!isClosed && !isGivenUp && redis.status === 'ready') {
        isGivenUp = true;
        redis.disconnect(true);
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  const first = (entries: unknown) => (entries as RawEntry[])[0]?.[0];

  return {
    connected: () => Promise.race([connect(redis), closing]),
    newest: async (stream) => first(await answerInTime(redis.xrevrange(stream, '+', '-', 'COUNT', 1))),
    oldest: async (stream) => first(await answerInTime(redis.xrange(stream, '-', '+', 'COUNT', 1))),
    async read(positions, blockMs) {
      const streams = [...positions.keys(), ...positions.values()];
      const reply = await answerInTime(
        redis.xread('COUNT', BATCH_SIZE, 'BLOCK', blockMs, 'STREAMS', ...streams) as Promise<
          [stream: string, entries: RawEntry[]][] | null
        >,
      );
      return new Map(reply);
    },
    close() {
      isClosed = true;
      stopWaiting();
      redis.disconnect();
    },
  };
}
