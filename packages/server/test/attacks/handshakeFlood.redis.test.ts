import { DEFAULT_LIMITS } from '@rowlock/protocol';
import { expect, it } from 'vitest';
import { attackFixture, LONGEST_TEST_MS, MOST_MB, MOST_MS } from './attackFixture.ts';

const attack = attackFixture();
const { openHandshakesOfAddress, refusalsPer10sOfAddress } = DEFAULT_LIMITS;

it(
  '1,000 handshakes a second from one address are cut short, and polite users are served within 200 ms',
  async () => {
    const { p99Ms, grownMb, counts, asked } = await attack(
      'floodWithHandshakes',
      ({ ended }) => ended > 2_000,
    );
    expect(p99Ms).toBeLessThan(MOST_MS);
    expect(grownMb).toBeLessThan(MOST_MB);
    // Those that say nothing, and those whose refusal was answered.
    expect(counts.opened).toBeLessThanOrEqual(openHandshakesOfAddress + refusalsPer10sOfAddress);
    expect(asked.authenticate).toBeLessThanOrEqual(openHandshakesOfAddress);
  },
  LONGEST_TEST_MS,
);
