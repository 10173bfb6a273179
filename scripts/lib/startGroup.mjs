import { spawn } from 'node:child_process';
import { guard } from './guardian.mjs';

const TAIL_LINES = 30;
const running = new Set();

/**
 * Starts a program in a process group of its own, which is ended whatever becomes of this process. `onLine` gets each
 * line of its output, of both streams. `folder` belongs to it and is removed should this process be killed.
 */
export function startGroup(command, args, { env = process.env, cwd, onLine = () => {}, folder } = {}) {
  const child = spawn(command, args, { env, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const tail = [];
  const listeners = new Set([onLine]);
  for (const stream of [child.stdout, child.stderr]) {
    eachLine(stream, (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      for (const listener of listeners) listener(line);
    });
  }
  const guardian = child.pid === undefined ? undefined : guard(child.pid, folder);
  const group = {
    pid: child.pid,
    ended: false,
    /** The last lines that it wrote. */
    tail: () => [...tail],
    onLine: (listener) => listeners.add(listener),
    signal(signal) {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, signal);
      } catch (error) {
        if (error.code !== 'ESRCH') throw error;
      }
    },
    /** Asks it to end, and kills it after `graceMs`. Resolves when it has ended. */
    async stop({ signal = 'SIGTERM', graceMs = 8_000 } = {}) {
      if (!group.ended) group.signal(signal);
      const force = setTimeout(() => group.signal('SIGKILL'), graceMs);
      await group.exited;
      clearTimeout(force);
    },
  };
  running.add(group);
  /** Resolves to `{ code, signal, error? }`, never rejects. */
  group.exited = new Promise((resolve) => {
    let ended = { code: null, signal: null };
    child.once('error', (error) => finish({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => {
      ended = { code, signal };
      group.signal('SIGKILL'); // its children that are left
    });
    child.once('close', () => finish(ended));
    const finish = (result) => {
      group.ended = true;
      running.delete(group);
      guardian?.dismiss();
      resolve(result);
    };
  });
  return group;
}

/** Ends every group that is still running, at once. For the last moment of this process. */
export function killAllGroups() {
  for (const group of running) group.signal('SIGKILL');
}

process.once('exit', killAllGroups);

function eachLine(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop();
    lines.forEach(onLine);
  });
  stream.on('end', () => rest !== '' && onLine(rest));
}

/** How it ended, in words. */
export function describeExit({ code, signal, error }) {
  if (error) return `could not be started: ${error.message}`;
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}
