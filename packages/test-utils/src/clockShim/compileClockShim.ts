import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProgram } from '../findProgram.ts';

// The same path from `src` and from `dist`.
const SOURCE = fileURLToPath(new URL('../../src/clockShim/clockShim.c', import.meta.url));
/** A folder of the project, because a library in a folder that others can write to is not safe to preload. */
const CACHE = fileURLToPath(new URL('../../../../.rowlock/clock-shim', import.meta.url));
const COMPILERS = ['cc', 'gcc', 'clang'];
const FLAGS = ['-O2', '-fPIC', '-shared', '-Wall', '-Wextra'];

/** Returns the path of the compiled shim. Compiles it if the cache has no library for this source. */
export async function compileClockShim(
  cache: string = CACHE,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  if (platform() !== 'linux') {
    throw new Error(
      `An adjustable clock needs LD_PRELOAD of Linux, and this is ${platform()}. Run these tests on Linux, for example in a container.`,
    );
  }
  const source = await readFile(SOURCE);
  const hash = createHash('sha256').update(source).update(`${FLAGS} ${arch()}`).digest('hex').slice(0, 16);
  const library = join(cache, `clockShim-${hash}.so`);
  if (/[\s:]/.test(library)) {
    throw new Error(
      `LD_PRELOAD cannot name ${library}, because spaces and colons separate its paths. Move the project to a folder without them.`,
    );
  }
  if (existsSync(library)) return library;
  await mkdir(cache, { recursive: true });
  // Several test files may compile at once. Each writes its own file, and the last rename replaces an equal one.
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
      `Could not compile the C library for an adjustable clock: none of ${COMPILERS.join(', ')} is on the PATH. ` +
        'Install one with the headers of the C library (Debian: apt-get install gcc libc6-dev).',
    );
  }
  try {
    await promisify(execFile)(compiler, [...FLAGS, '-o', library, SOURCE, '-ldl'], { env });
  } catch (error) {
    throw new Error(
      `${compiler} could not compile ${SOURCE}. Check that the headers of the C library are installed (Debian: libc6-dev).\n${(error as { stderr?: string }).stderr ?? error}`,
      { cause: error },
    );
  }
}
