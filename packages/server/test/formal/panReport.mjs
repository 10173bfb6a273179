// Reads the report of a search by `pan`, the checker that Spin generates.

const REFUTED = /^pan:\d+: (assertion violated +!\( ?!\(.*|acceptance cycle.*)$/m;
const TROUBLE =
  /^(pan: (?!ltl formula|wrote |elapsed|rate |resizing).*|pan:\d+: .*|error: .*|Time limit of .*|Warning: Search not completed)$/m;

/**
 * `{ found, states, what }`. `found` is one of these:
 *
 * - `error`: a run refutes the property
 * - `none`: the search is complete, and no run refutes the property
 * - `unfinished`: nothing is shown, and `what` says why. The search ran out of depth, memory or time, the model itself has
 *   an error, or no run takes some step of the model. Without that step, the property may hold only by chance
 */
export function readPanReport(output) {
  const states = Number(/^\s*(\d+) states, stored/m.exec(output)?.[1] ?? 0);
  const errors = /^State-vector .* errors: (\d+)$/m.exec(output)?.[1];
  const refuted = REFUTED.exec(output)?.[1];
  if (refuted !== undefined) return { found: 'error', states, what: refuted.trim() };

  const trouble = TROUBLE.exec(output)?.[1];
  if (trouble !== undefined) return { found: 'unfinished', states, what: trouble.trim() };
  if (errors !== '0' || !output.includes('Full statespace search for:')) {
    return { found: 'unfinished', states, what: output.trim() || 'the checker has printed nothing' };
  }
  const unreached = unreachedSteps(output);
  return unreached.length === 0
    ? { found: 'none', states, what: '' }
    : { found: 'unfinished', states, what: ['No run takes these steps:', ...unreached].join('\n') };
}

/** Only steps of processes: a formula's automaton has states of its own. An endless loop has no last state. */
function unreachedSteps(output) {
  const blocks = output
    .split(/^(?=unreached in )/m)
    .filter((block) => /^unreached in (proctype|init)/.test(block));
  return blocks.flatMap((block) =>
    block
      .split('\n')
      .filter((line) => /^\t\S+:\d+, state/.test(line) && !line.endsWith('"-end-"'))
      .map((line) => line.trim()),
  );
}
