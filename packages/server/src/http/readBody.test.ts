import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readBody } from './readBody.ts';

async function* chunks(bytes: Uint8Array, sizeBytes = 3): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += sizeBytes)
    yield bytes.subarray(start, start + sizeBytes);
}
const read = (bytes: Uint8Array, headers = {}, limitBytes = 100) =>
  readBody(chunks(bytes), headers, limitBytes);
const text = '{"city":"Sète"}';
const bytes = Buffer.from(text);

describe('readBody', () => {
  it('readBody reads text whose characters are cut between chunks', async () => {
    expect(await readBody(chunks(bytes, 1), {}, 100)).toBe(text);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('readBody unpacks %s', async (encoding, pack) => {
    expect(await read(pack(bytes), { 'content-encoding': encoding })).toBe(text);
  });

  it('readBody reads a body in a known character set, and refuses an unknown one', async () => {
    const contentType = (charset: string) => ({ 'content-type': `application/json; charset="${charset}"` });
    expect(await read(Buffer.from(text, 'latin1'), contentType('iso-8859-1'))).toBe(text);
    await expect(read(bytes, contentType('ebcdic'))).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('readBody refuses a body above the limit: by its announced length, by its bytes, and by the unpacked bytes', async () => {
    const large = Buffer.alloc(101, 'x');
    const refused = { code: 'too_large' };
    await expect(read(bytes, { 'content-length': '101' })).rejects.toMatchObject(refused);
    await expect(read(large)).rejects.toMatchObject(refused);
    await expect(read(gzipSync(large), { 'content-encoding': 'gzip' })).rejects.toMatchObject(refused);
    expect(await read(large.subarray(1))).toHaveLength(100);
  });

  it('readBody refuses a broken and an unknown compression', async () => {
    for (const encoding of ['gzip', 'snappy', 'constructor']) {
      await expect(read(bytes, { 'content-encoding': encoding })).rejects.toMatchObject({
        code: 'bad_request',
      });
    }
  });
});
