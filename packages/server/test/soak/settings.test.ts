import { describe, expect, it } from 'vitest';
import { FAULT_NAMES } from '../faults/locks/faults.ts';
import { readSettings, UsageError } from './settings.ts';

describe('the command line of a soak run', () => {
  it('a soak run without options takes five minutes with all faults and eight clients', () => {
    expect(readSettings(['locks'])).toMatchObject({
      minutes: 5,
      clients: 8,
      faults: FAULT_NAMES,
      isJson: false,
    });
  });

  it('options choose the duration, the seed, the clients, the faults and the format', () => {
    const args = [
      'locks',
      '--minutes',
      '0.5',
      '--seed',
      '7',
      '--clients',
      '4',
      '--faults',
      'cut,delay',
      '--json',
    ];
    expect(readSettings(args)).toEqual({
      minutes: 0.5,
      seed: 7,
      clients: 4,
      faults: ['cut', 'delay'],
      isJson: true,
    });
  });

  it('a help option replaces all settings, and a soak run may have no faults', () => {
    expect(readSettings(['--help'])).toBeUndefined();
    expect(readSettings(['locks', '--faults', 'none'])?.faults).toEqual([]);
  });

  it.each([
    { args: [], says: 'Give "locks" as the only argument' },
    { args: ['tasks'], says: 'not "tasks"' },
    {
      args: ['locks', '--minutes', 'long'],
      says: '--minutes is "long". Give a number from 0.1 to 240',
    },
    { args: ['locks', '--minutes', '500'], says: '--minutes is "500"' },
    { args: ['locks', '--clients', '1'], says: '--clients is "1"' },
    { args: ['locks', '--faults', 'cut,rain'], says: '"rain". Use all, none, or some of killHolder' },
    { args: ['locks', '--sed', '1'], says: "'--sed'" },
  ])('the arguments $args are refused: $says', ({ args, says }) => {
    expect(() => readSettings(args)).toThrow(UsageError);
    expect(() => readSettings(args)).toThrow(says);
  });
});
