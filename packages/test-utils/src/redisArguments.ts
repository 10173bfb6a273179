/** The data that a Redis keeps on disk: nothing, every write before it is answered, or all data once a second. */
export type AppendOnly = 'no' | 'always' | 'everysec';

export interface RedisServerSettings {
  port: number;
  dir: string;
  appendonly: AppendOnly;
  /** The port of its primary, on 127.0.0.1. */
  replicaOf: number | undefined;
  isClockAdjustable: boolean;
  isClusterNode: boolean;
  /** Last, so that they may overrule what comes before. */
  further: readonly string[];
}

/** The command line of a Redis that is private to a test. */
export function redisArguments(settings: RedisServerSettings): string[] {
  const { port, dir, appendonly, replicaOf, isClockAdjustable, isClusterNode, further } = settings;
  return [
    ...['--port', String(port), '--bind', '127.0.0.1', '--protected-mode', 'yes', '--dir', dir, '--save', ''],
    ...['--appendonly', appendonly === 'no' ? 'no' : 'yes'],
    ...['--appendfsync', appendonly],
    // A replica is served at once; by default the server waits 5 s for further ones.
    ...['--repl-diskless-sync-delay', '0'],
    ...(replicaOf === undefined ? [] : ['--replicaof', '127.0.0.1', String(replicaOf)]),
    // That thread sleeps until a time of the wall clock: after a jump back it would not sleep at all.
    ...(isClockAdjustable ? ['--jemalloc-bg-thread', 'no'] : []),
    ...(isClusterNode ? ['--cluster-enabled', 'yes', '--cluster-config-file', 'nodes.conf'] : []),
    ...further,
  ];
}
