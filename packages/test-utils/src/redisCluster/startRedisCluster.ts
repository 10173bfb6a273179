import { callRedis } from '../callRedis.ts';
import { type StartRedisOptions, startRedis, type TestRedis } from '../startRedis.ts';
import { until } from '../until.ts';

export interface StartRedisClusterOptions extends Pick<StartRedisOptions, 'appendonly' | 'args' | 'clock'> {
  /** Number of nodes. Each is a primary that serves a part of the slots. Default and minimum 3, because fewer cannot vote. */
  nodes?: number;
  /** How long a node may be unreachable before it counts as failed, in ms. Default 1,000. */
  nodeTimeoutMs?: number;
}

export interface TestRedisCluster {
  /** Tests can pause, resume and kill each node separately. */
  readonly nodes: readonly TestRedis[];
  readonly urls: readonly string[];
  readonly ports: readonly number[];
  /** The index of the node that serves this key. */
  findNode(key: string): Promise<number>;
  /** Kills a node with SIGKILL. Nobody serves its slots until it restarts. */
  kill(index: number): Promise<void>;
  /** Starts a node again and waits until every node reports a healthy cluster. */
  restart(index: number): Promise<void>;
  /** Waits until every node reports a healthy cluster. */
  ready(): Promise<void>;
  /** Ends all nodes and removes their data. */
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const READY_TIMEOUT_MS = 15_000;

/**
 * Starts a Redis Cluster on free ports of 127.0.0.1 and waits until it is ready. This takes about 3 s, because Redis
 * makes a new primary wait for 2 s. By default, the whole cluster refuses commands while the slots of one node are not
 * served. With `args: ['--cluster-require-full-coverage', 'no']` the other nodes continue.
 */
export async function startRedisCluster(options: StartRedisClusterOptions = {}): Promise<TestRedisCluster> {
  const { nodes: count = 3, nodeTimeoutMs = 1_000, args = [], ...others } = options;
  if (count < 3) {
    throw new Error(
      `A Redis Cluster needs at least 3 primaries to reach a majority, and \`nodes\` is ${count}. Ask for 3 or more.`,
    );
  }
  const starting = await Promise.allSettled(
    Array.from({ length: count }, () =>
      startRedis({
        ...others,
        clusterNode: true,
        args: ['--cluster-node-timeout', String(nodeTimeoutMs), ...args],
      }),
    ),
  );
  const nodes = starting.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const ports = nodes.map(({ port }) => port);
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  const ready = () => untilHealthy(ports);
  try {
    for (const result of starting) if (result.status === 'rejected') throw result.reason;
    await join(ports);
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    nodes,
    ports,
    urls: nodes.map(({ url }) => url),
    async findNode(key) {
      const slot = Number(await callRedis(ports[0]!, ['CLUSTER', 'KEYSLOT', key]));
      return ports.findIndex((_, index) => slot < firstSlot(index + 1, count));
    },
    async kill(index) {
      await nodes[index]!.kill();
    },
    async restart(index) {
      await nodes[index]!.restart();
      await ready();
    },
    ready,
    stop,
  };
}

/** Assigns the slots to the nodes and introduces every node to every other, which is faster than gossip alone. */
async function join(ports: readonly number[]): Promise<void> {
  for (const [index, port] of ports.entries()) {
    const first = firstSlot(index, ports.length);
    const slotCount = firstSlot(index + 1, ports.length) - first;
    const slots = Array.from({ length: slotCount }, (_, offset) => String(first + offset));
    await callRedis(port, ['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
    await callRedis(port, ['CLUSTER', 'ADDSLOTS', ...slots]);
  }
  for (const port of ports) {
    for (const other of ports) {
      if (other !== port) await callRedis(port, ['CLUSTER', 'MEET', '127.0.0.1', String(other)]);
    }
  }
}

function firstSlot(index: number, count: number): number {
  return Math.floor((index * SLOTS) / count);
}

async function untilHealthy(ports: readonly number[]): Promise<void> {
  await until(
    async () => {
      for (const port of ports) {
        const info = String(await callRedis(port, ['CLUSTER', 'INFO']));
        const isHealthy =
          info.includes('cluster_state:ok') &&
          info.includes(`cluster_known_nodes:${ports.length}\r`) &&
          info.includes(`cluster_slots_ok:${SLOTS}\r`) &&
          info.includes(`cluster_size:${ports.length}\r`);
        if (!isHealthy) throw new Error(`the node on port ${port} reports:\n${info}`);
      }
      return true;
    },
    { timeoutMs: READY_TIMEOUT_MS, what: 'every node to report a healthy cluster' },
  );
}
