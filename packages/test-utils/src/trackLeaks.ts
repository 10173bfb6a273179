import { until } from './until.ts';

/** Resources by which a process stays alive or leaks: sockets, servers, children, timers. */
export type ResourceKind =
  | 'TCPSocketWrap'
  | 'TCPServerWrap'
  | 'PipeWrap'
  | 'ProcessWrap'
  | 'Timeout'
  | 'FSEventWrap';

const DEFAULT_KINDS: readonly ResourceKind[] = ['TCPSocketWrap', 'TCPServerWrap', 'ProcessWrap', 'Timeout'];

/**
 * Counts the open resources of this process now; `assertNone` fails if there are more of them later. It allows a
 * moment for handles that are closing.
 */
export function trackLeaks(kinds: readonly ResourceKind[] = DEFAULT_KINDS): {
  assertNone(options?: { timeoutMs?: number }): Promise<void>;
} {
  const before = count(kinds);
  return {
    async assertNone({ timeoutMs = 1_000 } = {}) {
      await until(
        () => {
          // `until` itself waits on one timer between two looks, but none is pending while it looks.
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
