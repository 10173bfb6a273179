import { expect, it } from 'vitest';
import { attackFixture, LONGEST_TEST_MS, MOST_MB, MOST_MS } from './attackFixture.ts';

const attack = attackFixture();

it(
  'a client that sends 10,000 messages a second is ended, then refused, and polite users are served within 200 ms',
  async () => {
    const { p99Ms, grownMb, counts, asked, rig } = await attack(
      'floodWithMessages',
      ({ ended }) => ended >= 2,
    );
    expect(p99Ms).toBeLessThan(MOST_MS);
    expect(grownMb).toBeLessThan(MOST_MB);
    expect(counts.messages).toBeGreaterThan(10_000);
    expect(rig.logged).toContainEqual(expect.stringContaining('sent more than 400 packets'));
    // A user may send 1,000 messages in 10 s, however often they connect.
    expect(asked.authorize).toBeLessThanOrEqual(1_000);
  },
  LONGEST_TEST_MS,
);
