/**
 * The files that still break rules, with how often: `<count> <path>` a line. The list only shrinks. A file that is not
 * in it is clean, and a file in it gets no worse.
 */
export const NOT_YET = 'scripts/prose/notYet.txt';

/** Counts by path. */
export function parseNotYet(text) {
  return new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [, count, path] = /^ *(\d+) (.+)$/.exec(line) ?? [];
        if (!path) throw new Error(`${NOT_YET} has a line that is not "<count> <path>": ${line}`);
        return [path, Number(count)];
      }),
  );
}

export const formatNotYet = (budgets) =>
  [...budgets]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, count]) => `${String(count).padStart(4)} ${path}\n`)
    .join('');

/** One line for each file that breaks the rule of the list. `files`: all that are judged. */
export function problemsOf(budgets, failing, files) {
  const counts = countByPath(failing);
  const known = new Set(files);
  const worse = [...counts]
    .filter(([path, count]) => count > (budgets.get(path) ?? 0))
    .map(
      ([path, count]) =>
        `${path}: ${count} findings, ${budgets.get(path) ?? 0} allowed. See \`pnpm prose ${path}\``,
    );
  const done = [...budgets.keys()]
    .filter((path) => !counts.has(path))
    .map((path) =>
      known.has(path)
        ? `${path} is clean. Delete its line in ${NOT_YET}, or run \`pnpm prose --update\``
        : `${path} does not exist. Run \`pnpm prose --update\``,
    );
  return [...worse, ...done];
}

/**
 * The list with counts lowered to the findings that are left. Files can be moved and split: the counts of files that are
 * gone become available to files that are new to the list. Nothing else raises a count.
 */
export function lowered(budgets, failing, files) {
  const counts = countByPath(failing);
  const known = new Set(files);
  let freed = 0;
  for (const [path, count] of budgets) if (!known.has(path)) freed += count;
  const next = new Map();
  const problems = [];
  for (const [path, count] of counts) {
    const allowed = budgets.get(path);
    if (allowed !== undefined) {
      next.set(path, Math.min(count, allowed));
      if (count > allowed) problems.push(`${path}: ${count} findings, ${allowed} allowed`);
    } else if (count <= freed) {
      freed -= count;
      next.set(path, count);
    } else problems.push(`${path}: ${count} findings, none allowed`);
  }
  return { budgets: next, problems };
}

function countByPath(failing) {
  const counts = new Map();
  for (const { path } of failing) counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
}
