/**
 * Whether the views that this gateway sends are certain: it reads the change log, Redis accepts writes, and everything
 * was loaded after the last gap.
 */
import type { Clock } from '../clock.ts';

const RELOAD_RETRY_MS = 500;

export interface Certainty {
  isCertain(): boolean;
  /** Reading begins, or begins again after a gap: loads everything. Rejects if that fails. */
  reload(): Promise<void>;
  /** Redis is away. */
  noteLost(): void;
  /** Redis refuses writes, or accepts them again. */
  noteWritable(isWritable: boolean): void;
}

export function createCertainty({
  clock,
  load,
  onChange,
  onLoaded,
}: {
  clock: Clock;
  /** Loads everything again, and sends the differences to the sessions */
  load(): Promise<void>;
  onChange(isCertain: boolean): void;
  /** The newest load has ended. */
  onLoaded(): void;
}): Certainty {
  let loads = 0;
  let isReading = false;
  let isWritable = true;
  let isCertain = false;

  function setCertain(certain: boolean): void {
    if (isCertain === certain) return;
    isCertain = certain;
    onChange(certain);
  }

  async function reload(): Promise<void> {
    loads += 1;
    const own = loads;
    isReading = true;
    // Even if Redis was not away: trimmed entries may have reported anything. A client asks again after that.
    setCertain(false);
    await load();
    // A later load has begun, after a gap that this load does not include.
    if (own !== loads) return;
    setCertain(isReading && isWritable);
    onLoaded();
  }

  async function regain(): Promise<void> {
    if (!isReading || !isWritable || isCertain) return;
    await reload().catch(() => void clock.after(RELOAD_RETRY_MS, () => void regain()));
  }

  return {
    isCertain: () => isCertain,
    reload,
    noteLost() {
      isReading = false;
      setCertain(false);
    },
    noteWritable(writable) {
      isWritable = writable;
      if (writable) void regain();
      else setCertain(false);
    },
  };
}
