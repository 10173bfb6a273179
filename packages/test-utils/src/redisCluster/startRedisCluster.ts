import { callRedis } from '../callRedis.ts';
import { type StartRedisOptions, startRedis, type TestRedis } from '../startRedis.ts';
import { until } from '../until.ts';

export interface StartRedisClusterOptions extends Pick<StartRedisOptions, 'appendonly' | 'args' | 'clock'> {
  /** How many nodes there are; each is a primary with its share of the slots. At least 3 (the default): fewer cannot vote. */
  nodes?: number;
  /** After how long a silent node counts as failed, in ms. Default 1,000. */
  nodeTimeoutMs?: number;
}

export interface TestRedisCluster {
  /** Each can be paused, resumed, and so on, by itself. */
  readonly nodes: readonly TestRedis[];
  readonly urls: readonly string[];
  readonly ports: readonly number[];
  /** Which of the nodes serves this key, by index. */
  nodeOf(key: string): Promise<number>;
  /** SIGKILLs a node. Its slots are not served until it is back; nobody takes its place. */
  kill(index: number): Promise<void>;
  /** Starts a node again, and waits until every node says that the cluster is well. */
  restart(index: number): Promise<void>;
  /** Waits until every node says that the cluster is well. */
  ready(): Promise<void>;
  /** Ends all nodes and removes their data. */
  stop(): Promise<void>;
}

const SLOTS = 16_384;
const READY_TIMEOUT_MS = 15_000;

/**
 * A Redis Cluster on free ports of 127.0.0.1, ready to be used. It takes some 3 s: a primary is silent for its first
 * 2 s by Redis's own rule. With Redis's default, the whole cluster refuses commands while the slots of one node are
 * not served; `args: ['--cluster-require-full-coverage', 'no']` lets the other nodes continue.
 */
export async function startRedisCluster(options: StartRedisClusterOptions = {}): Promise<TestRedisCluster> {
  const { nodes: count = 3, nodeTimeoutMs = 1_000, args = [], ...others } = options;
  if (count < 3) {
    throw new Error(
      `A Redis Cluster needs at least 3 primaries to agree on anything; ${count} were asked for.`,
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
  const ready = () => allWell(ports);
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
    async nodeOf(key) {
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

/** Gives every node its share of the slots, and makes each known to each, which is quicker than by gossip alone. */
async function join(ports: readonly number[]): Promise<void> {
  for (const [index, port] of ports.entries()) {
    const first = firstSlot(index, ports.length);
    const share = firstSlot(index + 1, ports.length) - first;
    const slots = Array.from({ length: share }, (_, offset) => String(first + offset));
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

async function allWell(ports: readonly number[]): Promise<void> {
  await until(
    async () => {
      for (const port of ports) {
        const info = String(await callRedis(port, ['CLUSTER', 'INFO']));
        const isWell =
          info.includes('cluster_state:ok') &&
          info.includes(`cluster_known_nodes:${ports.length}\r`) &&
          info.includes(`cluster_slots_ok:${SLOTS}\r`) &&
          info.includes(`cluster_size:${ports.length}\r`);
        if (!isWell) throw new Error(`the node on port ${port} says:\n${info}`);
      }
      return true;
    },
    { timeoutMs: READY_TIMEOUT_MS, what: 'every node to say that the cluster is well' },
  );
}
