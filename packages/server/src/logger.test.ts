import { describe, expect, it } from 'vitest';
import { type Logger, oneLineEach } from './logger.ts';

describe('a logger', () => {
  it('a logger gets each message as one line without control characters, and the details unchanged', () => {
    const lines: unknown[][] = [];
    const log = (...line: unknown[]) => void lines.push(line);
    const logger: Logger = oneLineEach({ info: log, warn: log, error: log });
    const error = new Error('As it is\nwith its stack');
    logger.info('refused "x\n[error] forged"');
    logger.warn('\u001b[31mred\u202e');
    logger.error('failed', error);
    expect(lines).toEqual([['refused "x [error] forged"'], ['[31mred'], ['failed', error]]);
  });
});
