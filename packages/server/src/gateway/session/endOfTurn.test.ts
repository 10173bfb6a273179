import { afterEach, describe, expect, it } from 'vitest';
import { atEndOfTurn } from './endOfTurn.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the end of the turn', () => {
  const caught: unknown[] = [];
  const listeners = process.listeners('uncaughtException');
  afterEach(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  });

  it('the end of the turn runs all work in the order in which it was added', async () => {
    const ran: string[] = [];
    atEndOfTurn(() => ran.push('a'));
    atEndOfTurn(() => {
      ran.push('b');
      atEndOfTurn(() => ran.push('next turn'));
    });
    expect(ran).toEqual([]);
    await turn();
    expect(ran).toEqual(['a', 'b']);
    await turn();
    expect(ran).toEqual(['a', 'b', 'next turn']);
  });

  it('the end of the turn runs the work after one that fails, and reports the failure as uncaught', async () => {
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => caught.push(error));
    const ran: string[] = [];
    atEndOfTurn(() => {
      throw new Error('planned');
    });
    atEndOfTurn(() => ran.push('after it'));
    await turn();
    await turn();
    expect(ran).toEqual(['after it']);
    expect(caught).toEqual([new Error('planned')]);
  });
});
