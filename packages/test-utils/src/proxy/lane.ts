import type { Socket } from 'node:net';

/** The faults of one direction. All connections of a proxy share them, and read them when bytes arrive. */
export interface LaneFaults {
  isDropping: boolean;
  /** How long everything is under way. `Infinity` holds it until the lane is healed. */
  delayMs: number;
}

/** The bytes that have arrived in one direction, over all connections. */
export interface LaneCounts {
  /** Passed on, or on its way. */
  bytes: number;
  /** Vanished. */
  droppedBytes: number;
}

export interface Lane {
  /** Something has vanished: whatever came after it would be a stream that TCP never delivers. */
  hasGap(): boolean;
  /** Delivers at once all that is under way. */
  flush(): void;
  /** Forgets all that is under way. */
  clear(): void;
}

type Cargo = { kind: 'bytes'; bytes: Buffer } | { kind: 'end' } | { kind: 'reset' };

/**
 * One direction of one connection: carries bytes, the orderly end (FIN) and the reset between two sockets, in their
 * order. The faults at the time of arrival apply.
 */
export function layLane(from: Socket, to: Socket, faults: LaneFaults, counts: LaneCounts): Lane {
  const underWay: { cargo: Cargo; dueAtMs: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let gap = false;

  const arrive = (cargo: Cargo) => {
    const bytes = cargo.kind === 'bytes' ? cargo.bytes.length : 0;
    if (faults.isDropping || gap) {
      gap = true;
      counts.droppedBytes += bytes;
      return;
    }
    counts.bytes += bytes;
    if (faults.delayMs === 0 && underWay.length === 0) return deliver(cargo);
    // Never before what came earlier, even where the delay has become shorter since.
    const dueAtMs = Math.max(performance.now() + faults.delayMs, underWay.at(-1)?.dueAtMs ?? 0);
    underWay.push({ cargo, dueAtMs });
    if (timer === undefined) schedule();
  };
  const schedule = () => {
    const next = underWay[0];
    timer = undefined;
    if (next === undefined || next.dueAtMs === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(deliverDue, Math.max(0, Math.ceil(next.dueAtMs - performance.now())));
  };
  const deliverDue = () => {
    const now = performance.now();
    while (underWay[0] !== undefined && underWay[0].dueAtMs <= now) deliver(underWay.shift()!.cargo);
    schedule();
  };
  const deliver = (cargo: Cargo) => {
    if (to.destroyed) return;
    if (cargo.kind === 'reset') to.destroy();
    else if (to.writableEnded) return;
    else if (cargo.kind === 'end') to.end();
    else if (!to.write(cargo.bytes) && !from.isPaused()) {
      from.pause(); // a socket that does not read slows the other one down, as without a proxy
      to.once('drain', () => from.resume());
    }
  };

  from.on('data', (bytes) => arrive({ kind: 'bytes', bytes }));
  from.on('end', () => arrive({ kind: 'end' }));
  from.on('error', () => arrive({ kind: 'reset' }));

  return {
    hasGap: () => gap,
    flush() {
      clearTimeout(timer);
      timer = undefined;
      for (const { cargo } of underWay.splice(0)) deliver(cargo);
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      underWay.length = 0;
    },
  };
}
