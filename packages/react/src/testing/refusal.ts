import type { ErrorBody } from '@rowlock/protocol';

/** Thrown to answer a message with an error */
export class Refusal extends Error {
  readonly body: ErrorBody;
  constructor(body: ErrorBody) {
    super(body.message);
    this.body = body;
  }
}

export const badRequest = (message: string): Refusal => new Refusal({ code: 'bad_request', message });

export const lostLease = (): Refusal =>
  new Refusal({ code: 'lease_lost', message: 'The lease is no longer in force. Acquire the records again.' });
