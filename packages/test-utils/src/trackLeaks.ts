import { until } from './until.ts';

/** Resources that keep a process alive or leak: sockets, servers, child processes, timers. */
export type ResourceKind =
  | 'TCPSocketWrap'
  | 'TCPServerWrap'
  | 'PipeWrap'
  | 'ProcessWrap'
  | 'Timeout'
  | 'FSEventWrap';

const DEFAULT_KINDS: readonly ResourceKind[] = ['TCPSocketWrap', 'TCPServerWrap', 'ProcessWrap', 'Timeout'];

/**
 * Counts the open resources of this process. `assertNone` throws if there are more of them later than now. It waits up to
 * `timeoutMs` (default 1,000) for handles that are closing.
 */
export function trackLeaks(kinds: readonly ResourceKind[] = DEFAULT_KINDS): {
  assertNone(options?: { timeoutMs?: number }): Promise<void>;
} {
  const before = count(kinds);
  return {
    async assertNone({ timeoutMs = 1_000 } = {}) {
      await until(
        () => {
          // `until` waits with a timer between two looks, but no timer is pending during a look.
          const leaked = [...count(kinds)].flatMap(([kind, now]) => {
            const more = now - (before.get(kind) ?? 0);
            return more > 0 ? [`${more} ${kind}`] : [];
          });
          if (leaked.length > 0) throw new Error(`still open: ${leaked.join(', ')}`);
          return true;
        },
        { timeoutMs, what: 'everything that was opened to be closed' },
      );
    },
  };
}

function count(kinds: readonly ResourceKind[]): Map<string, number> {
  const counts = new Map<string, number>(kinds.map((kind) => [kind, 0]));
  for (const kind of process.getActiveResourcesInfo()) {
    const counted = counts.get(kind);
    if (counted !== undefined) counts.set(kind, counted + 1);
  }
  return counts;
}
