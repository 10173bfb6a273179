/** Reads the body of a request as text, within a limit that also counts for what compression hides. */
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { TextDecoder } from 'node:util';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { RowlockError } from '../errors.ts';
import { tooLarge, unreadableBody } from './malformedRequest.ts';

const DECOMPRESSORS = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
} as const;

/** @throws {RowlockError} `too_large`, `bad_request` */
export async function readBody(
  source: AsyncIterable<Uint8Array>,
  headers: IncomingHttpHeaders,
  limitBytes: number,
): Promise<string> {
  if (Number(headers['content-length']) > limitBytes) throw tooLarge(limitBytes);
  const decoder = decoderOf(headers['content-type']);
  const decompressor = decompressorOf(headers['content-encoding']);
  let text = '';
  let sizeBytes = 0;
  const collect = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      text += decoder.decode(chunk, { stream: true });
    }
    text += decoder.decode();
  };
  try {
    await (decompressor ? pipeline(Readable.from(source), decompressor, collect) : collect(source));
  } catch (error) {
    throw error instanceof RowlockError ? error : unreadableBody({ cause: error });
  }
  return text;
}

function decompressorOf(encoding = 'identity') {
  const name = encoding.trim().toLowerCase();
  if (name === 'identity') return undefined;
  if (Object.hasOwn(DECOMPRESSORS, name)) return DECOMPRESSORS[name as keyof typeof DECOMPRESSORS]();
  throw unreadableBody();
}

function decoderOf(contentType = ''): TextDecoder {
  const charset = /;\s*charset="?([^\s;"]+)/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset);
  } catch (error) {
    throw unreadableBody({ cause: error });
  }
}
