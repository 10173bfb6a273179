import { expect, it } from 'vitest';
import { createPlan } from './plan.ts';
import { runPlan } from './run.ts';

const SIZE = { tabs: 4, episodes: 4 };
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

// They wait more than they compute.
it.concurrent.each(SEEDS)(
  'P9: all views equal the registry after each fault of a run with seed %i',
  async (seed) => {
    const { violations, steps } = await runPlan(createPlan(seed, SIZE));
    const messages = violations.map(({ episode, message }) => `episode ${episode}: ${message}`);
    const repeat = `Repeat: pnpm soak live --seed ${seed} --tabs ${SIZE.tabs} --episodes ${SIZE.episodes} --rounds 1`;
    expect(messages.join('\n'), `${repeat}\n${steps}`).toBe('');
  },
  90_000,
);
