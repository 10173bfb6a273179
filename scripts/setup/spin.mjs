import { findProgram } from '../lib/findProgram.mjs';
import { lastLines } from '../lib/run.mjs';
import { SetupError } from '../lib/SetupError.mjs';
import { aptInstall, whyNoApt } from './apt.mjs';

/** Sees to it that there is Spin, which checks the model of the lease protocol: on the PATH, else Debian's package. */
export async function findSpin(say) {
  const found = findProgram(['spin']);
  if (found !== undefined) return found;

  let tried = '';
  const noApt = whyNoApt();
  if (noApt === undefined) {
    say('apt-get install spin');
    const { code, output } = await aptInstall('spin', { say });
    const installed = findProgram(['spin']);
    if (code === 0 && installed !== undefined) return `${installed}, installed by apt-get`;
    tried = `apt-get install spin failed:\n${lastLines(output, 4)}`;
  } else {
    tried = `apt-get was not tried: ${noApt}.`;
  }

  throw new SetupError('No Spin: `spin` is not on the PATH, and could not be installed.', {
    details: tried,
    ways: [
      'Debian, Ubuntu: sudo apt-get install spin',
      'elsewhere: it is built from source with make and a C compiler, see https://spinroot.com',
      'or run what needs none: npm test -- types lint walls hygiene build unit redis postgres browser stories e2e',
    ],
  });
}
