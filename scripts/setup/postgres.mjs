import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from '../lib/findProgram.mjs';
import { lastLines } from '../lib/run.mjs';
import { SetupError } from '../lib/SetupError.mjs';
import { aptInstall, whyNoApt } from './apt.mjs';

/** Debian keeps each version in a folder of its own, which is not on the PATH. */
const DEBIAN_VERSIONS = '/usr/lib/postgresql';

/**
 * Finds PostgreSQL's programs on the PATH or in Debian's folders, or installs Debian's package. Tests start servers of
 * their own with them; the package's own server is not started.
 */
export async function findPostgres(say) {
  const found = findPrograms();
  if (found !== undefined) return found;

  let tried = '';
  const noApt = whyNoApt();
  if (noApt === undefined) {
    say('apt-get install postgresql');
    const { code, output } = await aptInstall('postgresql', { service: 'postgresql', say });
    const installed = findPrograms();
    if (code === 0 && installed !== undefined) return `${installed}, installed by apt-get`;
    tried = `apt-get install postgresql failed:\n${lastLines(output, 4)}`;
  } else {
    tried = `apt-get was not tried: ${noApt}.`;
  }

  throw new SetupError(
    'No PostgreSQL: `initdb` and `postgres` are neither on the PATH nor in /usr/lib/postgresql, and could not be installed.',
    {
      details: tried,
      ways: [
        'Debian, Ubuntu: sudo apt-get install postgresql',
        'Fedora: sudo dnf install postgresql-server · Alpine: apk add postgresql · macOS: brew install postgresql',
        'or run what needs no PostgreSQL: npm test -- types lint walls hygiene build unit redis browser stories e2e',
      ],
    },
  );
}

/** The server's path, if the program that makes its data folder is beside it. */
function findPrograms() {
  const initdb = findProgram(['initdb', ...debianVersions().map((bin) => join(bin, 'initdb'))]);
  return initdb && findProgram([join(dirname(initdb), 'postgres')]);
}

function debianVersions() {
  try {
    return readdirSync(DEBIAN_VERSIONS)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(DEBIAN_VERSIONS, version, 'bin'));
  } catch {
    return [];
  }
}
