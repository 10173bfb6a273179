import { describe, expect, it } from 'vitest';
import { createTurnableClock } from '../../testing/turnableClock.ts';
import { task } from '../../testSupport/componentFixture.ts';
import { TaskFractions } from './taskFractions.ts';

/** A style sheet that keeps what is written to it. */
function setUp() {
  const clock = createTurnableClock();
  const rules: { selector: string; style: { setProperty(name: string, value: string): void } }[] = [];
  const written: string[] = [];
  const sheet = {
    cssRules: rules as unknown as ArrayLike<CSSRule>,
    insertRule(text: string, index = 0) {
      const selector = text.slice(0, text.indexOf(' {'));
      const setProperty = (name: string, value: string) =>
        void written.push(`${selector.slice(selector.indexOf('['))} ${name} ${value}`);
      rules.splice(index, 0, { selector, style: { setProperty } });
      return index;
    },
    deleteRule: (index: number) => void rules.splice(index, 1),
  };
  const fractions = new TaskFractions(sheet, clock);
  const at = (id: string, done: number) => task('running', { id, progress: { done, total: 100 } });
  return { clock, fractions, rules, written, at };
}

describe('the progress of tasks in the style sheet', () => {
  it('500 badges of one task write its progress at most once a second', async () => {
    const { clock, fractions, written, at } = setUp();
    for (let badge = 0; badge < 500; badge += 1) fractions.show(at('a', 10));
    for (let done = 11; done <= 20; done += 1) {
      for (let badge = 0; badge < 500; badge += 1) fractions.note(at('a', done));
      await clock.turn(200);
    }
    expect(written).toEqual([
      '[data-task="a"] --rowlock-fraction 0.1',
      '[data-task="a"] --rowlock-fraction 0.15',
      '[data-task="a"] --rowlock-fraction 0.2',
    ]);
  });

  it('A rule lives as long as a badge shows its task', () => {
    const { fractions, rules, at } = setUp();
    const stops = [fractions.show(at('a', 1)), fractions.show(at('b', 1)), fractions.show(at('a', 1))];
    expect(rules).toHaveLength(2);
    stops[0]!();
    expect(rules).toHaveLength(2);
    stops[2]!();
    expect(rules.map(({ selector }) => selector)).toEqual(['.rowlock-ring[data-task="b"]']);
  });
});
