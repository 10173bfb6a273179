import { spawnSync } from 'node:child_process';
import { findProgram } from '../lib/findProgram.mjs';
import { run } from '../lib/run.mjs';

/** Why packages of Debian and its like cannot be installed here, or undefined if they can. */
export function whyNoApt() {
  if (findProgram(['apt-get']) === undefined) return 'there is no apt-get';
  if (process.getuid?.() === 0) return undefined;
  if (findProgram(['sudo']) === undefined) return 'apt-get needs root, and there is no sudo';
  const sudo = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
  return sudo.status === 0 ? undefined : 'apt-get needs root, and sudo wants a password';
}

// A package's service is neither started (policy-rc.d) nor left enabled for the next boot: only its program is wanted.
const INSTALL = `
set -e
package=$1
service=$2
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\\nexit 101\\n' > "$policy"
  chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -o DPkg::Lock::Timeout=180 update
apt-get -o DPkg::Lock::Timeout=180 -o APT::Status-Fd=1 install -y --no-install-recommends "$package"
if [ -n "$service" ] && command -v systemctl >/dev/null; then systemctl disable "$service" || true; fi
`;

/** Installs one package; resolves to `{ code, output }`. `say` hears how far it is. */
export function aptInstall(packageName, { service = '', say = () => {} } = {}) {
  const shell = ['/bin/sh', '-c', INSTALL, 'install', packageName, service];
  const [command, ...args] = process.getuid?.() === 0 ? shell : ['sudo', '-n', ...shell];
  return run(command, args, { onLine: (line) => say(progressOf(line)) });
}

/** `pmstatus:redis:42.5:Unpacking redis` and `dlstatus:1:42.5:Retrieving …` are apt's own account of how far it is. */
function progressOf(line) {
  const [, percent, what] = /^(?:pm|dl)status:[^:]*:([\d.]+):(.*)$/.exec(line) ?? [];
  return percent === undefined ? line : `${Math.round(Number(percent))} % ${what}`;
}
