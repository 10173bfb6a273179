/** Clears the record entries of ended leases, in small steps between which Redis serves others. */
import type { Clock } from '../../clock.ts';
import type { LockRegistry } from '../registry/lockRegistry.ts';

const SWEEP_INTERVAL_MS = 500;

export interface Sweeper {
  close(): Promise<void>;
}

export function startSweeper(registry: LockRegistry, clock: Clock): Sweeper {
  let closed = false;
  let sweeping: Promise<void> | undefined;

  async function sweepAll(): Promise<void> {
    try {
      while (!closed && (await registry.sweep()));
    } catch {
      // Redis is away. Ended leases are void anyway, and the next round clears them.
    }
  }

  const stop = clock.every(SWEEP_INTERVAL_MS, () => {
    sweeping ??= sweepAll().finally(() => {
      sweeping = undefined;
    });
  });

  return {
    async close() {
      closed = true;
      stop();
      await sweeping;
    },
  };
}
