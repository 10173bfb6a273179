import { spawnSync } from 'node:child_process';
import { findProgram } from '../lib/findProgram.mjs';
import { lastLines } from '../lib/run.mjs';
import { SetupError } from '../lib/SetupError.mjs';
import { aptInstall, whyNoApt } from './apt.mjs';

const PROGRAMS = ['cc', 'gcc', 'clang'];
// A compiler without the C library's headers compiles nothing, and in Debian they are a package of their own.
const PACKAGES = ['gcc', 'libc6-dev'];
const PROBE = '#include <dlfcn.h>\n#include <time.h>\nint main(void) { return 0; }\n';

/** Finds a C compiler that works on the PATH, or installs Debian's. */
export async function findCompiler(say) {
  const found = findProgram(PROGRAMS);
  const problem = found === undefined ? 'there is none on the PATH' : problemOf(found);
  if (problem === undefined) return found;

  const tried = [];
  const noApt = whyNoApt();
  if (noApt === undefined) {
    for (const packageName of PACKAGES) {
      say(`apt-get install ${packageName}`);
      const { code, output } = await aptInstall(packageName, { say });
      if (code !== 0) tried.push(`apt-get install ${packageName} failed:\n${lastLines(output, 4)}`);
    }
    const installed = findProgram([...PROGRAMS, '/usr/bin/gcc']);
    if (installed !== undefined && problemOf(installed) === undefined)
      return `${installed}, installed by apt-get`;
  } else {
    tried.push(`apt-get was not tried: ${noApt}.`);
  }
  throw new SetupError(`No C compiler that works: ${problem}, and none could be installed.`, {
    details: tried.join('\n'),
    ways: [
      'Debian, Ubuntu: sudo apt-get install gcc libc6-dev',
      'Fedora: sudo dnf install gcc · Alpine: apk add gcc musl-dev · macOS: xcode-select --install',
      'or run what needs none: npm test -- types lint walls hygiene unit',
    ],
  });
}

function problemOf(compiler) {
  const { status, stderr } = spawnSync(compiler, ['-x', 'c', '-fsyntax-only', '-'], {
    input: PROBE,
    encoding: 'utf8',
  });
  return status === 0 ? undefined : `${compiler} does not compile (${lastLines(stderr ?? '', 1)})`;
}
