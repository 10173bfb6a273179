import { connect } from 'node:net';

export type RedisReply = string | number | null | RedisReply[];

export interface CallRedisOptions {
  /** How long the answer may take, in ms. Default 2,000. */
  timeoutMs?: number;
}

/**
 * Sends one command to the Redis on this port of 127.0.0.1, over a new connection, and returns the reply. Throws an
 * error reply. Tests use it to prepare and inspect servers; the code under test has its own client.
 */
export function callRedis(
  port: number,
  command: readonly [string, ...string[]],
  { timeoutMs = 2_000 }: CallRedisOptions = {},
): Promise<RedisReply> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      clearTimeout(timer);
      socket.destroy();
      reject(new Error(`${command.slice(0, 4).join(' ')} on port ${port}: ${why}`));
    };
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`), timeoutMs);
    const socket = connect(port, '127.0.0.1');
    const received: Buffer[] = [];
    socket.on('data', (bytes) => {
      received.push(bytes);
      const read = readReply(Buffer.concat(received), 0);
      if (read === undefined) return;
      if (read.reply instanceof Error) return fail(read.reply.message);
      clearTimeout(timer);
      socket.destroy();
      resolve(read.reply);
    });
    socket.on('error', (error) => fail(error.message));
    socket.on('end', () => fail('the connection ended before the answer'));
    socket.write(encode(command));
  });
}

/** A command in RESP: an array of bulk strings. */
function encode(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}

interface Read<T> {
  reply: T;
  /** Offset of the byte after this reply. */
  end: number;
}

/** The RESP2 reply that begins at this byte. Undefined if it is incomplete. */
function readReply(bytes: Buffer, start: number): Read<RedisReply | Error> | undefined {
  const lineEnd = bytes.indexOf('\r\n', start);
  if (lineEnd < 0) return undefined;
  const line = bytes.toString('utf8', start + 1, lineEnd);
  const end = lineEnd + 2;
  switch (String.fromCharCode(bytes[start] ?? 0)) {
    case '+':
      return { reply: line, end };
    case ':':
      return { reply: Number(line), end };
    case '-':
      return { reply: new Error(line), end };
    case '$': {
      const length = Number(line);
      if (length < 0) return { reply: null, end };
      if (bytes.length < end + length + 2) return undefined;
      return { reply: bytes.toString('utf8', end, end + length), end: end + length + 2 };
    }
    case '*':
      return Number(line) < 0 ? { reply: null, end } : readArray(bytes, end, Number(line));
    default:
      return { reply: new Error(`not a reply of Redis: ${line}`), end };
  }
}

function readArray(bytes: Buffer, start: number, length: number): Read<RedisReply | Error> | undefined {
  const replies: RedisReply[] = [];
  let end = start;
  for (let index = 0; index < length; index++) {
    const read = readReply(bytes, end);
    if (read === undefined || read.reply instanceof Error) return read;
    replies.push(read.reply);
    end = read.end;
  }
  return { reply: replies, end };
}
