import { MAX_RECORDS_PER_LEASE } from '@rowlock/server';
import { expect, it } from 'vitest';
import { MAX_TASK_ROWS } from './taskLimits.ts';

it('the largest task has no more rows than one lease covers', () =>
  expect(MAX_TASK_ROWS).toBeLessThanOrEqual(MAX_RECORDS_PER_LEASE));
