import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { channelOwnership, lockOwnership } from './pageOwnership.ts';
import { randomToken } from './randomToken.ts';

const givers: (() => void)[] = [];
afterEach(() => {
  for (const giveUp of givers.splice(0)) giveUp();
});
const kept = (giveUp: (() => void) | undefined) => {
  if (giveUp) givers.push(giveUp);
  return giveUp;
};

describe.for([
  { by: 'the locks of the browser', ownership: lockOwnership(navigator.locks) },
  {
    by: 'asking the other pages',
    ownership: channelOwnership((name) => new BroadcastChannel(name), systemClock),
  },
])('ownership by $by', ({ ownership }) => {
  it('A page gets a name only after its owner has given it up', async () => {
    const name = randomToken();
    const giveUp = ownership.begin(name);
    expect(await ownership.tryOwn(name)).toBeUndefined();
    giveUp();
    const owned = await until(() => ownership.tryOwn(name));
    expect(await ownership.tryOwn(name)).toBeUndefined();
    owned();
  });

  it('One of two pages that ask at the same time gets the name', async () => {
    const name = randomToken();
    const owned = await Promise.all([ownership.tryOwn(name), ownership.tryOwn(name)]);
    expect(owned.map(kept).filter(Boolean)).toHaveLength(1);
  });

  it('A page gets a name while another name has an owner', async () => {
    kept(ownership.begin(randomToken()));
    expect(kept(await ownership.tryOwn(randomToken()))).toBeDefined();
  });
});

/** A lock ends a moment after it was given up. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
}
