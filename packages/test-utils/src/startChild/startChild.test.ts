import { afterEach, expect, test } from 'vitest';
import { until } from '../until.ts';
import type { Said, Told } from './echoChild.ts';
import { type StartedChild, startChild } from './startChild.ts';
import { talkToParent } from './talkToParent.ts';

const children: StartedChild<Told, Said>[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill('SIGKILL');
});

async function start(): Promise<StartedChild<Told, Said>> {
  const child = await startChild<Told, Said>({ module: new URL('./echoChild.ts', import.meta.url) });
  children.push(child);
  return child;
}

test('child and parent receive each other’s messages from the start, in order', async () => {
  const child = await start();
  child.send({ say: { text: 'line\nbreak', list: [1, null] } });
  child.send({ say: 'again' });
  expect(await child.next()).toEqual({ number: 1, said: { text: 'line\nbreak', list: [1, null] } });
  expect(await child.next()).toEqual({ number: 2, said: 'again' });
});

test('lines that the child writes are output and no messages', async () => {
  const child = await start();
  child.send({ say: 'said' });
  expect(await child.next()).toMatchObject({ said: 'said' });
  await until(() => child.output().includes('on stdout'));
});

test('all that it said before its end can be read, and then the messages end', async () => {
  const child = await start();
  child.send({ say: 'x', times: 2_000 });
  child.send({ say: 'last' });
  const numbers: number[] = [];
  for await (const { number, said } of child.messages) {
    numbers.push(number);
    if (said === 'last') await child.kill('SIGKILL');
  }
  expect(numbers).toEqual(Array.from({ length: 2_001 }, (_, index) => index + 1));
  await expect(child.next()).rejects.toThrow('ended and said nothing more');
});

test('a frozen child answers its messages when it continues', async () => {
  const child = await start();
  child.send({ say: 'first' });
  await child.next();
  child.pause();
  child.send({ say: 'second' });
  await expect(child.next({ timeoutMs: 100 })).rejects.toThrow('said nothing for 100 ms');
  child.resume();
  expect(await child.next()).toMatchObject({ said: 'second' });
});

test('the error of a child that fails contains its output', async () => {
  const child = await start();
  child.send('throw');
  await expect(child.next()).rejects.toThrow(/echoChild\.ts ended.*on request/s);
});

test('a message to an ended child is no error, since it may just have been killed', async () => {
  const child = await start();
  child.send('end');
  expect(await child.exited).toEqual({ code: 0, signal: null });
  child.send({ say: 'anybody?' });
  await expect(child.next()).rejects.toThrow('ended');
});

test('many of them are killed at once', async () => {
  const many = await Promise.all(Array.from({ length: 12 }, start));
  for (const child of many) child.send({ say: child.pid });
  for (const child of many) expect(await child.next()).toMatchObject({ said: child.pid });
  const exits = await Promise.all(many.map((child) => child.kill('SIGKILL')));
  expect(new Set(exits.map(({ signal }) => signal))).toEqual(new Set(['SIGKILL']));
});

test('a process without such a parent cannot send messages', () => {
  const { send } = process;
  process.send = undefined;
  try {
    expect(() => talkToParent()).toThrow(/not started by startChild/);
  } finally {
    process.send = send;
  }
});
