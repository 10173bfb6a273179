import { describe, expect, it } from 'vitest';
import { handClock } from '../../../test/fixtures/handClock.ts';
import { askUntil } from './askUntil.ts';

/** Turns the clock until the question has its answer. */
async function askedUntil(deadlineMs: number, ask: () => boolean | Promise<boolean>) {
  const clock = handClock();
  const failures: unknown[] = [];
  let isAnswered = false;
  const answer = askUntil(ask, { clock, deadlineMs, onFailed: (error) => failures.push(error) });
  void answer.then(() => {
    isAnswered = true;
  });
  while (!isAnswered) {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    if (!isAnswered) clock.turn(10);
  }
  return { answer: await answer, atMs: clock.nowMs(), failures };
}

describe('a question to the application', () => {
  it('a question is granted or denied by the first answer', async () => {
    expect(await askedUntil(1_000, () => true)).toMatchObject({ answer: 'granted', atMs: 0 });
    expect(await askedUntil(1_000, async () => false)).toMatchObject({ answer: 'denied', atMs: 0 });
  });

  it('a question that fails is asked again with growing pauses', async () => {
    let asked = 0;
    const fails = () => {
      asked += 1;
      if (asked < 4) throw new Error('The database is away');
      return true;
    };
    const { answer, atMs, failures } = await askedUntil(5_000, fails);
    expect({ answer, atMs, failed: failures.length }).toEqual({ answer: 'granted', atMs: 700, failed: 3 });
  });

  it('P15: a question that fails until its time is over is unanswered then', async () => {
    const fails = () => Promise.reject(new Error('The database is away'));
    expect(await askedUntil(1_000, fails)).toMatchObject({ answer: 'unanswered', atMs: 1_000 });
  });

  it('P15: a question without an answer is unanswered when its time is over', async () => {
    const silent = () => new Promise<boolean>(() => {});
    expect(await askedUntil(1_000, silent)).toMatchObject({ answer: 'unanswered', atMs: 1_000 });
  });
});
