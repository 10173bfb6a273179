import { describe, expect, it } from 'vitest';
import { FAULT_NAMES } from '../faults/locks/faults.ts';
import { readSettings, UsageError } from './settings.ts';

describe('the command line of a soak run', () => {
  it('asks for five minutes of all faults with eight clients where it says nothing else', () => {
    expect(readSettings(['locks'])).toMatchObject({
      minutes: 5,
      clients: 8,
      faults: FAULT_NAMES,
      isJson: false,
    });
  });

  it('can ask for the same run again', () => {
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

  it('asks for help, and for no faults at all', () => {
    expect(readSettings(['--help'])).toBeUndefined();
    expect(readSettings(['locks', '--faults', 'none'])?.faults).toEqual([]);
  });

  it.each([
    { args: [], says: 'What is to be soaked?' },
    { args: ['tasks'], says: '"tasks" was given' },
    {
      args: ['locks', '--minutes', 'long'],
      says: '--minutes is "long"; it must be a number from 0.1 to 240',
    },
    { args: ['locks', '--minutes', '500'], says: '--minutes is "500"' },
    { args: ['locks', '--clients', '1'], says: '--clients is "1"' },
    { args: ['locks', '--faults', 'cut,rain'], says: '"rain" is none of killHolder' },
    { args: ['locks', '--sed', '1'], says: "'--sed'" },
  ])('$args is refused with what is wrong: $says', ({ args, says }) => {
    expect(() => readSettings(args)).toThrow(UsageError);
    expect(() => readSettings(args)).toThrow(says);
  });
});
