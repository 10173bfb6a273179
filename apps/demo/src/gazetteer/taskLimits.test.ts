import { MAX_RECORDS_PER_LEASE } from '@rowlock/server';
import { expect, it } from 'vitest';
import { MAX_TASK_ROWS } from './taskLimits.ts';

it('offers tasks for as many rows as one lease covers', () =>
  expect(MAX_TASK_ROWS).toBe(MAX_RECORDS_PER_LEASE));
