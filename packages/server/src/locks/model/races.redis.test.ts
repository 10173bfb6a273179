import { startRedis, type TestRedis } from '@rowlock/test-utils';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { connect, openCommands } from '../../redis/connection.ts';
import { askRegistry } from './askRegistry.ts';
import { beginRounds } from './rounds.ts';
import { atomicStep, type Step } from './steps.ts';

const RUNS = Number(process.env.ROWLOCK_MODEL_RUNS ?? 100);
const SEED = process.env.ROWLOCK_SEED ? { seed: Number(process.env.ROWLOCK_SEED) } : {};
/** All orders of so many calls are tried: 120 at most. */
const AT_ONCE = 5;
const TIMEOUT_MS = 20_000 + RUNS * 400;

let server: TestRedis;
let connections: Redis[];
let namespaces = 0;
beforeAll(async () => {
  server = await startRedis();
  connections = Array.from({ length: AT_ONCE + 1 }, () => openCommands(server.url));
  await Promise.all(connections.map(connect));
});
afterAll(async () => {
  for (const redis of connections) redis.disconnect();
  await server.stop();
});

const print = (step: Step) =>
  Object.assign(step, { [fc.toStringMethod]: () => `\n    ${JSON.stringify(step)}` });
const round = fc.array(atomicStep.map(print), { minLength: 1, maxLength: AT_ONCE, size: 'max' });
const rounds = fc.array(round, { minLength: 1, maxLength: 8, size: 'max' });

describe('calls that several clients make at the same time', () => {
  it(
    'P1 P2: are answered as if one had come after the other, and leave what that order leaves',
    () =>
      fc.assert(
        fc.asyncProperty(rounds, async (sequence) => {
          const asked = askRegistry(connections, `race-${++namespaces}`);
          const game = beginRounds(asked);
          for (const steps of sequence) await game.play(steps);
        }),
        { ...SEED, numRuns: RUNS },
      ),
    TIMEOUT_MS,
  );
});
