import { describe, expect, it } from 'vitest';
import { clientMessages } from './clientMessages.ts';
import { plainText } from './plainText.ts';

describe('plain text', () => {
  it.each([
    ['Edit Paris', 'Edit Paris'],
    ['  Edit\tParis ', 'Edit Paris'],
    ['Paris\r\n[error] Redis is gone', 'Paris [error] Redis is gone'],
    ['Paris\u2028\u2029next', 'Paris next'],
    ['\u001b[2J\u0007Paris\u0085', '[2J Paris'],
    ['\u202eevil\u202c \u2066a\u2069\u200f\u061c', 'evil a'],
    ['in\u200bvisible\ufeff', 'invisible'],
    ['half \ud83d of one', 'half \ufffd of one'],
    ['می\u200cخواهم 👩\u200d💻 東京 Île', 'می\u200cخواهم 👩\u200d💻 東京 Île'],
  ])('plain text is one line without controls: %j', (given, plain) => {
    expect(plainText(given)).toBe(plain);
  });
});

describe('a label of a message', () => {
  const parse = (label: string) => clientMessages.acquire.safeParse({ records: ['cities/1'], label });

  it('a label of a message is cleaned', () => {
    expect(parse('Paris\n\u202e[error] gone')).toMatchObject({ data: { label: 'Paris [error] gone' } });
  });

  it('a label of a message is refused if no character of it is visible', () => {
    expect(parse('\u200b\n\u202e').success).toBe(false);
  });
});
