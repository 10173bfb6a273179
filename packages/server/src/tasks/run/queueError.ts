/**
 * What a worker throws to BullMQ, which keeps message and stack with the job. Never what a run has thrown: that may be of
 * any size, or look like one of the errors by which BullMQ is told to do something else with the job.
 */
import { UnrecoverableError } from 'bullmq';
import { errorText, stackText } from '../../boundedText.ts';

const MAX_MESSAGE_LENGTH = 500;
const MAX_STACK_LENGTH = 4_000;
/** By this message BullMQ would put the job back into the queue for good. */
const RATE_LIMIT_ERROR = 'bullmq:rateLimitExceeded';

export function queueError(thrown: unknown, { isFinal }: { isFinal: boolean }): Error {
  const text = errorText(thrown, MAX_MESSAGE_LENGTH);
  const message = text === RATE_LIMIT_ERROR ? `It threw "${text}".` : text;
  const error = isFinal ? new UnrecoverableError(message) : new Error(message);
  error.stack = stackText(thrown, MAX_STACK_LENGTH) ?? message;
  return error;
}
