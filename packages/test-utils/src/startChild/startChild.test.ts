import { afterEach, expect, test } from 'vitest';
import { until } from '../until.ts';
import type { FromEcho, ToEcho } from './echoChild.ts';
import { type StartedChild, startChild } from './startChild.ts';
import { talkToParent } from './talkToParent.ts';

const children: StartedChild<ToEcho, FromEcho>[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill('SIGKILL');
});

async function start(): Promise<StartedChild<ToEcho, FromEcho>> {
  const child = await startChild<ToEcho, FromEcho>({ module: new URL('./echoChild.ts', import.meta.url) });
  children.push(child);
  return child;
}

test('parent and child receive each other’s messages in order', async () => {
  const child = await start();
  child.send({ say: { text: 'line\nbreak', list: [1, null] } });
  child.send({ say: 'again' });
  expect(await child.next()).toEqual({ number: 1, echoed: { text: 'line\nbreak', list: [1, null] } });
  expect(await child.next()).toEqual({ number: 2, echoed: 'again' });
});

test('lines that a child writes to stdout are output, not messages', async () => {
  const child = await start();
  child.send({ say: 'said' });
  expect(await child.next()).toMatchObject({ echoed: 'said' });
  await until(() => child.output().includes('on stdout'));
});

test('all messages of a killed child can be read, and then the messages end', async () => {
  const child = await start();
  child.send({ say: 'x', times: 2_000 });
  child.send({ say: 'last' });
  const numbers: number[] = [];
  for await (const { number, echoed } of child.messages) {
    numbers.push(number);
    if (echoed === 'last') await child.kill('SIGKILL');
  }
  expect(numbers).toEqual(Array.from({ length: 2_001 }, (_, index) => index + 1));
  await expect(child.next()).rejects.toThrow('ended without another message');
});

test('a paused child sends nothing, and answers after it is resumed', async () => {
  const child = await start();
  child.send({ say: 'first' });
  await child.next();
  child.pause();
  child.send({ say: 'second' });
  await expect(child.next({ timeoutMs: 100 })).rejects.toThrow('sent no message for 100 ms');
  child.resume();
  expect(await child.next()).toMatchObject({ echoed: 'second' });
});

test('next rejects with the output of a child that crashed', async () => {
  const child = await start();
  child.send('throw');
  await expect(child.next()).rejects.toThrow(/echoChild\.ts ended.*thrown on request/s);
});

test('send ignores a child that has ended, because it may have just been killed', async () => {
  const child = await start();
  child.send('end');
  expect(await child.exited).toEqual({ code: 0, signal: null });
  child.send({ say: 'anybody?' });
  await expect(child.next()).rejects.toThrow('ended');
});

test('many children run and are killed at the same time', async () => {
  const many = await Promise.all(Array.from({ length: 12 }, start));
  for (const child of many) child.send({ say: child.pid });
  for (const child of many) expect(await child.next()).toMatchObject({ echoed: child.pid });
  const exits = await Promise.all(many.map((child) => child.kill('SIGKILL')));
  expect(new Set(exits.map(({ signal }) => signal))).toEqual(new Set(['SIGKILL']));
});

test('talkToParent refuses a process that startChild did not start', () => {
  const { send } = process;
  process.send = undefined;
  try {
    expect(() => talkToParent()).toThrow(/not started by startChild/);
  } finally {
    process.send = send;
  }
});
