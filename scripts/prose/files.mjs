import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { root } from '../lib/paths.mjs';
import { findingsIn } from './judge.mjs';

const PROSE = /\.(md|tsx?|mjs|lua|css)$/;
/** Written by `changeset version` from the changesets, which are judged. */
const NOT_JUDGED = /(^|\/)CHANGELOG\.md$/;

/** The files of the repository that hold prose, below the given paths or all. Paths are relative to the root. */
export function proseFiles(paths = []) {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  const wanted = paths.map((path) => relative(root, resolve(path)));
  return listed
    .split('\0')
    .filter((path) => PROSE.test(path) && !NOT_JUDGED.test(path) && existsSync(join(root, path)))
    .filter(
      (path) =>
        wanted.length === 0 ||
        wanted.some((below) => below === '' || path === below || path.startsWith(`${below}/`)),
    )
    .sort();
}

/** Everything that breaks a rule in these files. */
export const judgeFiles = (paths) =>
  paths.flatMap((path) => findingsIn(path, readFileSync(join(root, path), 'utf8')));
