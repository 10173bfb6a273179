import type { Socket } from 'node:net';

/** The faults of one direction. All connections of a proxy share them, and read them when something arrives. */
export interface LaneFaults {
  isDropping: boolean;
  /** How long everything travels, in ms. `Infinity` keeps it until the lane is healed. */
  delayMs: number;
}

/** Everything that arrived in one direction, over all connections. */
export interface LaneCounts {
  /** Bytes that are delivered or travelling. */
  bytes: number;
  /** Bytes that were dropped. */
  droppedBytes: number;
}

export interface Lane {
  /** Whether something was dropped. Later bytes are dropped too, because TCP never delivers a stream with a gap. */
  hasGap(): boolean;
  /** Delivers everything that is travelling at once. */
  flush(): void;
  /** Drops everything that is travelling. */
  clear(): void;
}

type Cargo = { kind: 'bytes'; bytes: Buffer } | { kind: 'end' } | { kind: 'reset' };

/**
 * One direction of one connection. It carries bytes, the orderly end (FIN) and the reset from one socket to the other in
 * order, with the faults that apply when they arrive.
 */
export function layLane(from: Socket, to: Socket, faults: LaneFaults, counts: LaneCounts): Lane {
  const travelling: { cargo: Cargo; dueAtMs: number }[] = [];
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
    if (faults.delayMs === 0 && travelling.length === 0) return deliver(cargo);
    // Never overtakes earlier bytes, even if the delay has become shorter since.
    const dueAtMs = Math.max(performance.now() + faults.delayMs, travelling.at(-1)?.dueAtMs ?? 0);
    travelling.push({ cargo, dueAtMs });
    if (timer === undefined) schedule();
  };
  const schedule = () => {
    const next = travelling[0];
    timer = undefined;
    if (next === undefined || next.dueAtMs === Number.POSITIVE_INFINITY) return;
    timer = setTimeout(deliverDue, Math.max(0, Math.ceil(next.dueAtMs - performance.now())));
  };
  const deliverDue = () => {
    const now = performance.now();
    while (travelling[0] !== undefined && travelling[0].dueAtMs <= now) deliver(travelling.shift()!.cargo);
    schedule();
  };
  const deliver = (cargo: Cargo) => {
    if (to.destroyed) return;
    if (cargo.kind === 'reset') to.destroy();
    else if (to.writableEnded) return;
    else if (cargo.kind === 'end') to.end();
    else if (!to.write(cargo.bytes) && !from.isPaused()) {
      from.pause(); // backpressure: a slow reader slows the writer down, as without a proxy
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
      for (const { cargo } of travelling.splice(0)) deliver(cargo);
    },
    clear() {
      clearTimeout(timer);
      timer = undefined;
      travelling.length = 0;
    },
  };
}
