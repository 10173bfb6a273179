import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as valibot from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTask } from './defineTask.ts';
import { isSchema, parseWith, type Schema } from './schema.ts';

/** A schema without a library. */
const byHand = (
  validate: (value: unknown) => StandardSchemaV1.Result<{ ids: string[] }>,
  isAsync = false,
): Schema<unknown, { ids: string[] }> => ({
  '~standard': {
    version: 1,
    vendor: 'by-hand',
    validate: (value) => (isAsync ? Promise.resolve(validate(value)) : validate(value)),
  },
});
const twoIds = (value: unknown) =>
  Array.isArray((value as { ids: unknown }).ids)
    ? { value: { ids: ['1', '2'] } }
    : { issues: [{ message: 'a list is needed', path: [{ key: 'ids' }, 0] }] };

describe('a schema', () => {
  it.each<[string, Schema<unknown, { ids: string[] }>]>([
    ['zod', z.object({ ids: z.array(z.coerce.string()) })],
    ['zod, asynchronous', z.object({ ids: z.array(z.coerce.string()).refine(async () => true) })],
    [
      'valibot',
      valibot.object({ ids: valibot.array(valibot.pipe(valibot.unknown(), valibot.transform(String))) }),
    ],
    ['no library', byHand(twoIds)],
    ['no library, asynchronous', byHand(twoIds, true)],
  ])('a schema of %s parses a value', async (_library, schema) => {
    expect(await parseWith(schema, { ids: [1, 2] })).toEqual({ ok: true, value: { ids: ['1', '2'] } });
  });

  it.each<[string, Schema, RegExp]>([
    ['zod', z.object({ ids: z.array(z.string()) }), /^ at "ids\.0": Invalid input/],
    ['valibot', valibot.object({ ids: valibot.array(valibot.string()) }), /^ at "ids\.0": Invalid type/],
    ['no library', byHand(() => ({ issues: [{ message: 'wrong' }] })), /^: wrong$/],
    [
      'no library and a path',
      byHand(() => ({ issues: [{ message: 'no', path: [{ key: 'ids' }, 0] }] })),
      /^ at "ids\.0": no$/,
    ],
    ['no library and no reason', byHand(() => ({ issues: [] })), /gives no reason/],
  ])('a schema of %s explains the first issue and its path', async (_library, schema, issue) => {
    expect(await parseWith(schema, { ids: [1] })).toEqual({ ok: false, issue: expect.stringMatching(issue) });
  });

  it('a schema that throws rejects the parse', async () => {
    const throwing = byHand(() => {
      throw new Error('broken schema');
    });
    await expect(parseWith(throwing, {})).rejects.toThrow('broken schema');
  });

  it('a schema may be a function with a "~standard" property', () => {
    expect(isSchema(Object.assign(() => {}, byHand(twoIds)))).toBe(true);
    expect([undefined, null, {}, 'z', () => {}, { '~standard': {} }].map(isSchema)).not.toContain(true);
  });
});

describe('defineTask', () => {
  const task = { name: 'x', records: () => [], run() {} };

  it('defineTask refuses an input or a result that is not a schema', () => {
    expect(() => defineTask({ ...task, input: { ids: 'string' } as never })).toThrow(
      /^The input of task "x" is not a schema\. Pass a schema of zod, valibot/,
    );
    expect(() => defineTask({ ...task, input: z.unknown(), result: 'text' as never })).toThrow(
      'The result of task "x" is not a schema.',
    );
  });

  it('defineTask types input and result by a schema of valibot', () => {
    const input = valibot.object({ count: valibot.pipe(valibot.string(), valibot.transform(Number)) });
    const result = valibot.object({ done: valibot.number() });
    const defined = defineTask({ ...task, input, result, run: (_ctx, { count }) => ({ done: count + 1 }) });
    expect(defined.input).toBe(input);
  });
});
