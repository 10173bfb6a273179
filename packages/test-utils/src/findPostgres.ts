import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProgram } from './findProgram.ts';

/** The two programs of one PostgreSQL: `initdb` creates a data folder, `postgres` is the server. */
export interface PostgresPrograms {
  initdb: string;
  postgres: string;
}

/** Debian keeps each version in a folder of its own, which is not on the PATH. */
const DEBIAN_VERSIONS = '/usr/lib/postgresql';

/** Finds `initdb` and `postgres` on the PATH, else Debian's newest. Undefined if neither is installed. */
export function findPostgres(
  env: NodeJS.ProcessEnv = process.env,
  versionsFolder = DEBIAN_VERSIONS,
): PostgresPrograms | undefined {
  const newestFirst = versionsIn(versionsFolder).sort((a, b) => Number(b) - Number(a));
  const folders = newestFirst.map((version) => join(versionsFolder, version, 'bin'));
  const PATH = [env.PATH ?? '', ...folders].join(':');
  const initdb = findProgram(['initdb'], { PATH });
  if (initdb === undefined) return undefined;
  // From the same installation, because only the same version can read a data folder.
  const postgres = findProgram(['postgres'], { PATH: dirname(initdb) });
  return postgres === undefined ? undefined : { initdb, postgres };
}

function versionsIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
