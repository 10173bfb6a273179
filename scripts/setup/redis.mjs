import { mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findProgram, isProgram } from '../lib/findProgram.mjs';
import { fetchedProgramsDir, stateDir } from '../lib/paths.mjs';
import { lastLines, run } from '../lib/run.mjs';
import { SetupError } from '../lib/SetupError.mjs';
import { aptInstall, whyNoApt } from './apt.mjs';

const PROGRAMS = ['redis-server', 'valkey-server'];
const LAST_RESORT = 'redis-memory-server@0.17.1';
const CONNECT_TIMEOUT_MS = 3_000;

/**
 * Sees to it that there is a Redis: REDIS_URL, else a program on the PATH, else Debian's package, else one that npm's
 * redis-memory-server compiles. Tests kill and restart theirs, so for them (`program`) a REDIS_URL is not enough.
 */
export async function findRedis(say, { program = false } = {}) {
  const url = process.env.REDIS_URL;
  if (url && !program) {
    await reach(url);
    return `the one at REDIS_URL, ${withoutPassword(url)}`;
  }
  const found = findProgram(PROGRAMS);
  if (found !== undefined) return found;

  const tried = [];
  const noApt = whyNoApt();
  if (noApt === undefined) {
    say('apt-get install redis-server');
    const { code, output } = await aptInstall('redis-server', { service: 'redis-server', say });
    const installed = findProgram([...PROGRAMS, '/usr/bin/redis-server']);
    if (code === 0 && installed !== undefined) return `${installed}, installed by apt-get`;
    tried.push(`apt-get install redis-server failed:\n${lastLines(output, 4)}`);
  } else {
    tried.push(`apt-get was not tried: ${noApt}.`);
  }

  say(`compiling one by the npm package ${LAST_RESORT}; this takes some minutes`);
  const { program: compiled, output } = await compile(say);
  if (compiled !== undefined) return `${compiled}, compiled by ${LAST_RESORT}`;
  tried.push(
    `npm install ${LAST_RESORT} failed:\n${lastLines(output.replaceAll(/^npm error .*\n?/gm, ''), 4)}`,
  );

  throw new SetupError(
    'No Redis: neither redis-server nor valkey-server is on the PATH, and none could be installed.',
    {
      details: tried.join('\n'),
      ways: waysToRedis(program),
    },
  );
}

function waysToRedis(program) {
  return [
    'Debian, Ubuntu: sudo apt-get install redis-server',
    'Fedora: sudo dnf install valkey · Alpine: apk add redis · macOS: brew install redis',
    ...(program ? [] : ['or use one that runs already: REDIS_URL=redis://host:6379 npm run demo']),
  ];
}

async function compile(say) {
  const binaries = join(stateDir, 'redis-binaries');
  const env = { ...process.env, REDISMS_DOWNLOAD_DIR: binaries };
  const args = [
    'install',
    '--no-save',
    '--prefix',
    join(stateDir, 'redis-memory-server'),
    '--foreground-scripts',
    '--loglevel=error',
    LAST_RESORT,
  ];
  mkdirSync(join(stateDir, 'redis-memory-server'), { recursive: true });
  const { output } = await run('npm', args, { env, onLine: say });
  const program = versionsIn(binaries)
    .map((version) => join(binaries, version, 'redis-server'))
    .find(isProgram);
  if (program === undefined) return { output };
  mkdirSync(fetchedProgramsDir, { recursive: true });
  const link = join(fetchedProgramsDir, 'redis-server');
  rmSync(link, { force: true });
  symlinkSync(program, link);
  return { program: link, output };
}

function versionsIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Fails if nothing listens at the URL, before anything is built on it. */
async function reach(url) {
  let target;
  try {
    target = new URL(url);
    if (!/^(rediss?|valkeys?):$/.test(target.protocol)) throw new Error(`its scheme is ${target.protocol}`);
  } catch (error) {
    throw new SetupError(`REDIS_URL is not the address of a Redis: ${withoutPassword(url)}`, {
      details: error.message,
      ways: ['give one like redis://127.0.0.1:6379', 'or unset REDIS_URL, for a private Redis of its own'],
    });
  }
  const socket = connect({
    host: target.hostname || '127.0.0.1',
    port: Number(target.port || 6379),
    timeout: CONNECT_TIMEOUT_MS,
  });
  try {
    await new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('timeout', () => reject(new Error(`no answer within ${CONNECT_TIMEOUT_MS / 1000} s`)));
      socket.once('error', reject);
    });
  } catch (error) {
    throw new SetupError(`No Redis answers at REDIS_URL, ${withoutPassword(url)}.`, {
      details: error.message || error.code,
      ways: ['start it, or correct REDIS_URL', 'or unset REDIS_URL, for a private Redis of its own'],
    });
  } finally {
    socket.destroy();
  }
}

function withoutPassword(url) {
  return url.replace(/(:\/\/[^:@/]*):[^@/]*@/, '$1:…@');
}
