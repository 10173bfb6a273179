/** The writes that Redis syncs to disk: none, each before its answer, or all of them once a second. */
export type AppendOnly = 'no' | 'always' | 'everysec';

export interface RedisServerSettings {
  port: number;
  dir: string;
  appendonly: AppendOnly;
  /** The port of its primary, on 127.0.0.1. */
  replicaOf: number | undefined;
  isClockAdjustable: boolean;
  isClusterNode: boolean;
  /** Arguments at the end of the command line, so that they override the others. */
  further: readonly string[];
}

/** The command line of a Redis that is private to a test. */
export function redisArguments(settings: RedisServerSettings): string[] {
  const { port, dir, appendonly, replicaOf, isClockAdjustable, isClusterNode, further } = settings;
  return [
    ...['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes', '--dir', dir, '--save', ''],
    ...['--appendonly', appendonly === 'no' ? 'no' : 'yes'],
    ...['--appendfsync', appendonly],
    // Serves a replica at once. By default the server waits 5 s for further replicas.
    ...['--repl-diskless-sync-delay', '0'],
    ...(replicaOf === undefined ? [] : ['--replicaof', '127.0.0.1', String(replicaOf)]),
    // This thread sleeps until a time of the wall clock. After a jump back it would spin.
    ...(isClockAdjustable ? ['--jemalloc-bg-thread', 'no'] : []),
    ...(isClusterNode ? ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'] : []),
    ...further,
  ];
}
