import { afterEach, expect, test } from 'vitest';
import { createParts } from './parts.mjs';

const node = (code) => [process.execPath, ['-e', code]];
const STAY = 'setInterval(() => {}, 1000);';

let log;
let parts;
const create = () => {
  log = [];
  parts = createParts({ log: (line) => log.push(line) });
  return parts;
};
afterEach(() => parts.stop());

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a part is started when it says that it is ready, and what it writes is shown with its name', async () => {
  await create().start('api', ...node(`console.log('loading'); console.log('api ready'); ${STAY}`), {
    ready: /^api ready/,
  });
  expect(log).toEqual(['api    │ loading']);
});

test('a part that ends before it is ready is an error with the last that it wrote', async () => {
  const starting = create().start('api', ...node(`console.error('no such table'); process.exit(2)`), {
    ready: /ready/,
  });
  await expect(starting).rejects.toThrow(/^api did not start: exit code 2\.\n.*\n.*no such table$/);
});

test('a part that ends later is a crash, reported with its last lines', async () => {
  create();
  const code = `console.log('worker ready'); setTimeout(() => { console.error('out of memory'); process.exit(7) }, 50)`;
  await parts.start('worker', ...node(code), { ready: /ready/ });
  const crash = await parts.crashed;
  expect(crash.message).toMatch(/^worker has ended unexpectedly: exit code 7\.\n.*\n(.*\n)*.*out of memory$/);
});

test('stop ends all parts, and a part that the others need after them', async () => {
  const end = (name) => `process.on('SIGTERM', () => { console.log('${name} ends'); process.exit(0) });`;
  const started = [];
  create();
  for (const [name, isNeeded] of [
    ['store', true],
    ['api', false],
    ['worker', false],
  ]) {
    const code = `${end(name)} console.log('ready'); ${STAY}`;
    started.push(await parts.start(name, ...node(code), { ready: /ready/, isNeeded }));
  }
  await parts.stop();
  expect(log.toSorted()).toEqual(['api    │ api ends', 'store  │ store ends', 'worker │ worker ends']);
  expect(log.at(-1)).toBe('store  │ store ends');
  expect(started.some(({ pid }) => isAlive(pid))).toBe(false);
});
