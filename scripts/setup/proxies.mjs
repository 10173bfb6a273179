import { findProgram } from '../lib/findProgram.mjs';
import { lastLines } from '../lib/run.mjs';
import { SetupError } from '../lib/SetupError.mjs';
import { aptInstall, whyNoApt } from './apt.mjs';

const PROXIES = [
  { program: 'haproxy', packageName: 'haproxy' },
  { program: 'nginx', packageName: 'nginx-light' },
];

/** Debian has them in a folder that is not on every user's PATH. */
const find = (program) => findProgram([program, `/usr/sbin/${program}`]);

/** Finds HAProxy and nginx, or installs Debian's packages. Tests start proxies of their own with them. */
export async function findProxies(say) {
  for (const { program, packageName } of PROXIES) {
    if (find(program) === undefined) await install(program, packageName, say);
  }
  return PROXIES.map(({ program }) => find(program)).join(', ');
}

async function install(program, packageName, say) {
  let tried;
  const noApt = whyNoApt();
  if (noApt === undefined) {
    say(`apt-get install ${packageName}`);
    const { code, output } = await aptInstall(packageName, { service: program, say });
    if (code === 0 && find(program) !== undefined) return;
    tried = `apt-get install ${packageName} failed:\n${lastLines(output, 4)}`;
  } else {
    tried = `apt-get was not tried: ${noApt}.`;
  }
  throw new SetupError(`No ${program}: it is not on the PATH, and could not be installed.`, {
    details: tried,
    ways: [
      `Debian, Ubuntu: sudo apt-get install ${packageName}`,
      `Fedora: sudo dnf install ${program} · Alpine: apk add ${program} · macOS: brew install ${program}`,
      'or run the parts that need none: npm test -- types lint walls hygiene unit browser stories e2e',
    ],
  });
}
