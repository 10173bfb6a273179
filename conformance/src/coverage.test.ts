import { clientMessages, DEFAULT_LIMITS, ERRORS } from '@rowlock/protocol';
import { expect, test } from 'vitest';
import { EXCEPTIONS, missingNames, SERVER_EVENTS } from './coverage.ts';

const everything = () => ({
  messages: new Set(Object.keys(clientMessages)),
  events: new Set(Object.keys(SERVER_EVENTS)),
  errors: new Set(Object.keys(ERRORS).filter((name) => !(`error ${name}` in EXCEPTIONS))),
  limits: new Set(Object.keys(DEFAULT_LIMITS).filter((name) => !(`limit ${name}` in EXCEPTIONS))),
});

test('behaviours that exercise everything miss nothing', () => {
  expect(missingNames(everything())).toEqual([]);
});

test('a message, an event, an error and a limit that no behaviour exercises are missing', () => {
  const exercised = everything();
  exercised.messages.delete('watch');
  exercised.events.delete('changes');
  exercised.errors.delete('conflict');
  exercised.limits.delete('heldLeases');
  expect(missingNames(exercised)).toEqual([
    'message watch is not exercised',
    'event changes is not exercised',
    'error conflict is not exercised',
    'limit heldLeases is not exercised',
  ]);
});

test('an exception that a behaviour exercises is reported', () => {
  const exercised = everything();
  exercised.errors.add('stale');
  expect(missingNames(exercised)).toEqual(['error stale is exercised, so remove its exception']);
});
