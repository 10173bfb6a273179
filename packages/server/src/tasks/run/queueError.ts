/**
 * Makes the error that a worker throws to BullMQ, which stores message and stack with the job. The error of the run itself
 * is never thrown: it may be large, or equal one of the errors by which BullMQ moves a job.
 */
import { UnrecoverableError } from 'bullmq';
import { errorText, stackText } from '../../boundedText.ts';

const MAX_MESSAGE_LENGTH = 500;
const MAX_STACK_LENGTH = 4_000;
/** BullMQ would return a job with this message to the queue again and again. */
const RATE_LIMIT_ERROR = 'bullmq:rateLimitExceeded';

export function queueError(thrown: unknown, { isFinal }: { isFinal: boolean }): Error {
  const text = errorText(thrown, MAX_MESSAGE_LENGTH);
  const message = text === RATE_LIMIT_ERROR ? `It threw "${text}".` : text;
  const error = isFinal ? new UnrecoverableError(message) : new Error(message);
  error.stack = stackText(thrown, MAX_STACK_LENGTH) ?? message;
  return error;
}
