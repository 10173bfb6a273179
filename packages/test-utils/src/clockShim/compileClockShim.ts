import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProgram } from '../findProgram.ts';

// From `src` and from `dist` alike.
const SOURCE = fileURLToPath(new URL('../../src/clockShim/clockShim.c', import.meta.url));
/** Of the project, not of the machine: what lies in a folder that others can write to should not be preloaded. */
const CACHE = fileURLToPath(new URL('../../../../.rowlock/clock-shim', import.meta.url));
const COMPILERS = ['cc', 'gcc', 'clang'];
const FLAGS = ['-O2', '-fPIC', '-shared', '-Wall', '-Wextra'];

/** The path of the compiled shim; compiles it where that has not been done for just this source. */
export async function compileClockShim(
  cache: string = CACHE,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  if (platform() !== 'linux') {
    throw new Error(
      `An adjustable clock is preloaded by Linux's LD_PRELOAD, and this is ${platform()}. Run these tests on Linux, e.g. in a container.`,
    );
  }
  const source = await readFile(SOURCE);
  const hash = createHash('sha256').update(source).update(`${FLAGS} ${arch()}`).digest('hex').slice(0, 16);
  const library = join(cache, `clockShim-${hash}.so`);
  if (/[\s:]/.test(library)) {
    throw new Error(
      `LD_PRELOAD cannot name ${library}: it takes spaces and colons for ends of paths. Move the project to a folder without them.`,
    );
  }
  if (existsSync(library)) return library;
  await mkdir(cache, { recursive: true });
  // Several test files may come here at once: each compiles its own, and the last rename replaces a file by an equal
  // one.
  const own = `${library}.${randomUUID()}`;
  try {
    await compile(own, env);
    await rename(own, library);
  } finally {
    await rm(own, { force: true });
  }
  return library;
}

async function compile(library: string, env: NodeJS.ProcessEnv): Promise<void> {
  const compiler = findProgram(COMPILERS, env);
  if (compiler === undefined) {
    throw new Error(
      `An adjustable clock is a small C library that is compiled when it is first used, and none of ${COMPILERS.join(', ')} is on the PATH. ` +
        'Install one with the headers of the C library (Debian: apt-get install gcc libc6-dev).',
    );
  }
  try {
    await promisify(execFile)(compiler, [...FLAGS, '-o', library, SOURCE, '-ldl'], { env });
  } catch (error) {
    throw new Error(
      `${compiler} could not compile ${SOURCE}; are the headers of the C library there (Debian: libc6-dev)?\n${(error as { stderr?: string }).stderr ?? error}`,
      { cause: error },
    );
  }
}
