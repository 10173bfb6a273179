import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';
import { judgeFiles, proseFiles } from './files.mjs';
import { NOT_YET, parseNotYet, problemsOf } from './notYet.mjs';

/**
 * The part `prose` of `npm test`: for each file that is not clean as it should be, one problem. Files that are not in
 * notYet.txt break no rule; files in it break as many as it says, or fewer.
 */
export function proseProblems() {
  const files = proseFiles();
  const failing = judgeFiles(files).filter(({ isWarning }) => !isWarning);
  return problemsOf(parseNotYet(readFileSync(join(root, NOT_YET), 'utf8')), failing, files);
}
