import { describe, expect, it } from 'vitest';
import { asMalformedRequest } from './malformedRequest.ts';

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

describe('asMalformedRequest', () => {
  it('asMalformedRequest does not blame the client for a URIError of the application', () => {
    const error = thrownBy(() => decodeURIComponent('%'));
    expect(error).toBeInstanceOf(URIError);
    expect(asMalformedRequest(error)).toBeUndefined();
  });

  it('asMalformedRequest blames the client for an address that Express cannot decode', () => {
    const error = Object.assign(new URIError('Failed to decode param'), { status: 400 });
    expect(asMalformedRequest(error)).toMatchObject({ code: 'bad_request' });
  });
});
