import { describe, expect, it } from 'vitest';
import { adjustAnswerLimit, extendAnswerLimit, judgeSilence, type Look } from './silence.ts';

const watching: Look = {
  isHolding: false,
  sinceHeardMs: 0,
  sinceAskedMs: 0,
  sinceSentMs: undefined,
  sinceLookMs: 0,
  isUnanswered: false,
  answerLimitMs: 2_000,
};
const holding: Look = { ...watching, isHolding: true };
const asked: Look = { ...watching, isUnanswered: true, sinceLookMs: 500 };

describe('when the client asks', () => {
  it('A tab that holds a lease asks 3 s after the last question, however much it hears', () => {
    expect(judgeSilence({ ...holding, sinceAskedMs: 1_000 })).toEqual({ kind: 'wait', forMs: 2_000 });
    expect(judgeSilence({ ...holding, sinceAskedMs: 3_000 })).toEqual({ kind: 'ask' });
  });

  it('A tab that only watches asks 20 s after the last message', () => {
    const quiet = { ...watching, sinceAskedMs: 60_000 };
    expect(judgeSilence({ ...quiet, sinceHeardMs: 5_000 })).toEqual({ kind: 'wait', forMs: 15_000 });
    expect(judgeSilence({ ...quiet, sinceHeardMs: 20_000 })).toEqual({ kind: 'ask' });
  });

  it('A tab that only watches asks 3 s after a request that has no answer', () => {
    const sent = { ...watching, sinceAskedMs: 60_000, sinceHeardMs: 10_000 };
    expect(judgeSilence({ ...sent, sinceSentMs: 500 })).toEqual({ kind: 'wait', forMs: 2_500 });
    expect(judgeSilence({ ...sent, sinceSentMs: 3_000 })).toEqual({ kind: 'ask' });
  });
});

describe('when silence is a loss', () => {
  it('The connection is lost if nothing is heard within 2 s after a question', () => {
    expect(judgeSilence({ ...asked, sinceAskedMs: 1_000 })).toEqual({ kind: 'wait', forMs: 500 });
    expect(judgeSilence({ ...asked, sinceAskedMs: 1_800 })).toEqual({ kind: 'wait', forMs: 200 });
    expect(judgeSilence({ ...asked, sinceAskedMs: 2_000 })).toEqual({ kind: 'lost' });
  });

  it('The client asks again after a sleep, and never calls the connection lost for a question from before it', () => {
    const hourMs = 3_600_000;
    expect(judgeSilence({ ...asked, sinceAskedMs: hourMs, sinceLookMs: hourMs })).toEqual({ kind: 'ask' });
  });

  it('A hidden page whose timers run once a second still notices a loss', () => {
    expect(judgeSilence({ ...asked, sinceAskedMs: 3_000, sinceLookMs: 1_000 })).toEqual({ kind: 'lost' });
  });

  it('A page that was busy asks again, since the answer may lie unread', () => {
    expect(judgeSilence({ ...asked, sinceAskedMs: 4_000, sinceLookMs: 3_500 })).toEqual({ kind: 'ask' });
  });
});

describe('a slow network', () => {
  it('Each loss doubles the time of the next connection up to 8 s, until an answer is quick again', () => {
    expect([2_000, 4_000, 8_000].map(extendAnswerLimit)).toEqual([4_000, 8_000, 8_000]);
    expect(adjustAnswerLimit(4_000, 3_000)).toBe(4_000);
    expect(adjustAnswerLimit(4_000, 100)).toBe(2_000);
  });
});
