import { judgeFiles, proseFiles } from './files.mjs';

/** The part `prose` of `npm test`: what breaks a rule in any file. */
export const proseProblems = () => problemsOf(judgeFiles(proseFiles()));

/** One line for each finding that is not only a warning. */
export const problemsOf = (findings) =>
  findings
    .filter(({ isWarning }) => !isWarning)
    .map(({ path, line, rule, found, hint }) => `${path}:${line}  ${rule}: "${found}" → ${hint}`);
