/** How many screens this machine has room for: each needs open files and memory. Pure, but for reading the limit. */
import { readFileSync } from 'node:fs';

/** Files that a server opens beside its sockets. */
const OTHER_FILES = 256;
/** Memory of a screen and its two connections, in the two servers and in the process of the screens. */
const BYTES_A_SCREEN = 400 * 1_024;
/** The rest of the memory is for Redis, the processes themselves, and other work of the machine. */
const USABLE_MEMORY = 0.7;

export interface ScreenRoom {
  screens: number;
  /** Why that is fewer than wanted. Absent if it is not */
  limitedBy?: string;
}

export function roomForScreens(
  wanted: number,
  { openFiles, memoryBytes }: { openFiles: number; memoryBytes: number },
): ScreenRoom {
  const byFiles = Math.max(1, openFiles - OTHER_FILES);
  const byMemory = Math.max(1, Math.floor((memoryBytes * USABLE_MEMORY) / BYTES_A_SCREEN));
  const screens = Math.min(wanted, byFiles, byMemory);
  if (screens === wanted) return { screens };
  const limit =
    byFiles <= byMemory
      ? `a process may open only ${openFiles} files. Raise the limit by ulimit -n`
      : `only ${Math.round(memoryBytes / 2 ** 20)} MiB of memory are free`;
  return { screens, limitedBy: `${screens} of ${wanted} screens were connected, because ${limit}.` };
}

/** Node raises its own limit to the hard one. Infinity if the system does not say. */
export function readOpenFileLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
