import { expect, it } from 'vitest';
import { attackFixture, LONGEST_TEST_MS, MOST_MB, MOST_MS } from './attackFixture.ts';

const attack = attackFixture();

it(
  '200 clients that stop reading are ended or sent nothing more, and polite users are served within 200 ms',
  async () => {
    const { p99Ms, grownMb, counts, rig } = await attack('stopReading', ({ ended }) => ended >= 100, {
      unreadBytes: 50_000,
    });
    expect(p99Ms).toBeLessThan(MOST_MS);
    expect(grownMb).toBeLessThan(MOST_MB);
    expect(counts.opened).toBeGreaterThanOrEqual(200);
    expect(rig.logged).toContainEqual(expect.stringContaining('has left 50000 bytes unread'));
  },
  LONGEST_TEST_MS,
);
