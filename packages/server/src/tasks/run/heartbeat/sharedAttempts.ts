/**
 * Memory that a worker shares with its heartbeat thread: a stamp of its event loop, and a slot for each running attempt.
 * Nothing has to be sent when an attempt starts or ends, and the worker sees the thread's findings as soon as its loop
 * turns.
 *
 * Each attempt writes a new number into its slot; 0 marks a free slot. Data that was read belongs to the attempt if the
 * number is the same before and after the read.
 */

/** The data by which the thread renews the lease and the job lock of an attempt. */
export interface SharedAttempt {
  taskId: string;
  leaseId: string;
  secret: string;
  /** The job's lock in the queue */
  token: string;
  ttlMs: number;
}

const SLOT_BYTES = 1_024;
const HEADER_BYTES = 64;
const TEXT_OFFSET = 32;
// Positions within a slot, in 32-bit words.
const NUMBER = 0;
const LENGTH = 1;
const LOST = 2;
/** In 64-bit words: when the last successful heartbeat was sent, in µs of the process's monotonic clock. */
const ALIVE = 2;
const STAMP = 0;

export interface SharedAttempts {
  readonly buffer: SharedArrayBuffer;
  /** The worker's loop has turned. */
  stamp(): void;
  stampSeen(): number;
  /** The slot and its number. Undefined if no slot is free. Only the worker may call it. */
  occupy(attempt: SharedAttempt): { slot: number; number: number } | undefined;
  vacate(slot: number): void;
  /** All running attempts, as the thread sees them. */
  all(): { slot: number; number: number; attempt: SharedAttempt }[];
  noteAlive(slot: number, atMs: number): void;
  lastAliveMs(slot: number): number | undefined;
  noteLost(slot: number, number: number): void;
  isLost(slot: number, number: number): boolean;
}

/** Ms of the clock that all threads of a process share; it never jumps. */
export const processClockMs = (): number => Number(process.hrtime.bigint() / 1_000n) / 1_000;

export const sharedBytesFor = (slots: number): number => HEADER_BYTES + slots * SLOT_BYTES;

export function openSharedAttempts(buffer: SharedArrayBuffer): SharedAttempts {
  const words = new Int32Array(buffer);
  const longs = new BigInt64Array(buffer);
  const bytes = Buffer.from(buffer);
  const slots = (buffer.byteLength - HEADER_BYTES) / SLOT_BYTES;
  const wordOf = (slot: number, word: number) => (HEADER_BYTES + slot * SLOT_BYTES) / 4 + word;
  const longOf = (slot: number, long: number) => (HEADER_BYTES + slot * SLOT_BYTES) / 8 + long;
  const textOf = (slot: number) => HEADER_BYTES + slot * SLOT_BYTES + TEXT_OFFSET;
  const free = Array.from({ length: slots }, (_, slot) => slot);
  let lastNumber = 0;

  return {
    buffer,
    stamp: () => void Atomics.add(words, STAMP, 1),
    stampSeen: () => Atomics.load(words, STAMP),
    occupy(attempt) {
      const text = packAttempt(attempt);
      if (Buffer.byteLength(text) > SLOT_BYTES - TEXT_OFFSET) return undefined;
      const slot = free.pop();
      if (slot === undefined) return undefined;
      lastNumber = (lastNumber % 0x7fffffff) + 1;
      Atomics.store(words, wordOf(slot, LENGTH), bytes.write(text, textOf(slot)));
      Atomics.store(words, wordOf(slot, LOST), 0);
      Atomics.store(longs, longOf(slot, ALIVE), 0n);
      Atomics.store(words, wordOf(slot, NUMBER), lastNumber);
      return { slot, number: lastNumber };
    },
    vacate(slot) {
      Atomics.store(words, wordOf(slot, NUMBER), 0);
      free.push(slot);
    },
    all() {
      const found: { slot: number; number: number; attempt: SharedAttempt }[] = [];
      for (let slot = 0; slot < slots; slot++) {
        const number = Atomics.load(words, wordOf(slot, NUMBER));
        if (number === 0) continue;
        const length = Atomics.load(words, wordOf(slot, LENGTH));
        const text = bytes.toString('utf8', textOf(slot), textOf(slot) + length);
        if (Atomics.load(words, wordOf(slot, NUMBER)) !== number) continue;
        found.push({ slot, number, attempt: unpackAttempt(text) });
      }
      return found;
    },
    noteAlive: (slot, atMs) =>
      void Atomics.store(longs, longOf(slot, ALIVE), BigInt(Math.round(atMs * 1_000))),
    lastAliveMs(slot) {
      const atUs = Atomics.load(longs, longOf(slot, ALIVE));
      return atUs === 0n ? undefined : Number(atUs) / 1_000;
    },
    noteLost: (slot, number) => void Atomics.store(words, wordOf(slot, LOST), number),
    isLost: (slot, number) => Atomics.load(words, wordOf(slot, LOST)) === number,
  };
}

// One line for each field: JSON would take longer than everything else here.
const packAttempt = ({ taskId, leaseId, secret, token, ttlMs }: SharedAttempt): string =>
  `${taskId}\n${leaseId}\n${secret}\n${token}\n${ttlMs}`;

function unpackAttempt(text: string): SharedAttempt {
  const [taskId = '', leaseId = '', secret = '', token = '', ttlMs] = text.split('\n');
  return { taskId, leaseId, secret, token, ttlMs: Number(ttlMs) };
}
