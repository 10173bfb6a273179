import { startRedis, type TestRedis } from '@rowlock/test-utils';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, openCommands } from '../../src/redis/connection.ts';
import { askRegistry } from './askRegistry.ts';
import { FAILING_SEEDS } from './failingSeeds.ts';
import { beginSequence, type Sequence } from './sequence.ts';
import { type Step, step } from './steps.ts';

const RUNS = Number(process.env.ROWLOCK_MODEL_RUNS ?? 60);
const SEED = process.env.ROWLOCK_SEED ? { seed: Number(process.env.ROWLOCK_SEED) } : {};
const CLIENTS = 4;
const SECOND = 1_000;
const TIMEOUT_MS = 20 * SECOND + RUNS * 200;

let server: TestRedis;
let connections: Redis[];
let namespaces = 0;
beforeAll(async () => {
  server = await startRedis();
  connections = Array.from({ length: CLIENTS }, () => openCommands(server.url));
  // Each run of a property opens new registries on these connections.
  for (const redis of connections) redis.setMaxListeners(0);
  await Promise.all(connections.map(connect));
});
afterAll(async () => {
  for (const redis of connections) redis.disconnect();
  await server.stop();
});

const begin = (partSize: number | undefined) =>
  beginSequence(askRegistry(connections, `model-${++namespaces}`, partSize ? { partSize } : {}));

/** One step that fast-check runs and shrinks. It is printed in the form of `failingSeeds.ts`. */
class StepCommand implements fc.AsyncCommand<object, Sequence> {
  readonly step: Step;

  constructor(step: Step) {
    this.step = step;
  }

  check(): boolean {
    return true;
  }

  async run(_: object, sequence: Sequence): Promise<void> {
    await sequence.run(this.step);
  }

  toString(): string {
    return `\n  ${JSON.stringify(this.step)}`;
  }
}

async function compare(partSize: number | undefined): Promise<void> {
  const commands = fc.commands([step.map((one) => new StepCommand(one))], { maxCommands: 40, size: '+2' });
  await fc.assert(
    fc.asyncProperty(commands, async (sequence) => {
      await fc.asyncModelRun(() => ({ model: {}, real: begin(partSize) }), sequence);
    }),
    { ...SEED, numRuns: RUNS, endOnFailure: false },
  );
}

describe('the registry, compared with its model after every call', () => {
  for (const { found, steps, partSize } of FAILING_SEEDS) {
    it(`the registry no longer goes wrong: ${found}`, async () => {
      const sequence = begin(partSize);
      for (const one of steps) await sequence.run(one);
      expect(sequence.model.leases.length).toBeGreaterThan(0);
    });
  }

  it(
    'P1 P2 P3 P4: the registry answers each verb as its model does, and shows the same state',
    () => compare(undefined),
    TIMEOUT_MS,
  );

  it('the registry answers as its model does if it acquires in parts', () => compare(1), TIMEOUT_MS);
});
