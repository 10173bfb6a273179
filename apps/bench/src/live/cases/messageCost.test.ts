import { expect, test } from 'vitest';
import { summary } from './messageCost.ts';

const turn = (micros: number) => ({ micros, bytes: 900, messages: 8_000 });

test('the ratio is the median of the ratios of the rounds', () => {
  const turns = [
    { own: turn(100), bare: turn(50) },
    { own: turn(90), bare: turn(60) },
    { own: turn(300), bare: turn(100) },
  ];
  expect(summary(turns)).toMatchObject({ ratio: 2, ownMicros: 100, bareMicros: 60, messages: 8_000 });
});
