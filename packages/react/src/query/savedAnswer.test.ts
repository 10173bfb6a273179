import { describe, expect, it } from 'vitest';
import { readSaved } from './savedAnswer.ts';

const json = { 'Content-Type': 'application/json', 'Rowlock-Version': '12' };

describe('the answer to a save', () => {
  it('A Response gives its body and the version of the save', async () => {
    expect(await readSaved(new Response('{"name":"Paris"}', { headers: json }))).toEqual({
      data: { name: 'Paris' },
      version: 12,
    });
  });

  it('A Response without a body gives no data', async () => {
    expect(await readSaved(new Response(null, { status: 204 }))).toEqual({
      data: undefined,
      version: undefined,
    });
  });

  it('A Response of text gives text', async () => {
    expect((await readSaved(new Response('done'))).data).toBe('done');
  });

  it('Another result is the data, and its headers give the version', async () => {
    const result = { data: 7, headers: { 'rowlock-version': '12' } };
    expect(await readSaved(result)).toEqual({ data: result, version: 12 });
    expect(await readSaved({ name: 'Paris' })).toEqual({ data: { name: 'Paris' }, version: undefined });
    expect(await readSaved(undefined)).toEqual({ data: undefined, version: undefined });
  });

  it('A refused Response is thrown, also one inside of a result', async () => {
    const refused = new Response('{}', { status: 403 });
    await expect(readSaved(refused)).rejects.toBe(refused);
    const result = { data: undefined, error: {}, response: refused };
    await expect(readSaved(result)).rejects.toBe(result);
  });
});
