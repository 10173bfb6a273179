import { expect, test } from 'vitest';
import { randomFreePort } from './ports.mjs';

test('a random free port is none of those that have a use already', async () => {
  const wanted = await randomFreePort();
  const others = Array.from({ length: 12_000 }, (_, i) => 20_000 + i).filter((port) => port !== wanted);

  expect(await randomFreePort({ except: others })).toBe(wanted);
});
