// What `pan`, the checker that Spin generates, says of a search.

const REFUTED = /^pan:\d+: (assertion violated +!\( ?!\(.*|acceptance cycle.*)$/m;
const TROUBLE =
  /^(pan: (?!ltl formula|wrote |elapsed|rate |resizing).*|pan:\d+: .*|error: .*|Time limit of .*|Warning: Search not completed)$/m;

/**
 * `{ found, states, what }`. `found` is `error` where the property is refuted, `none` where a search of everything has
 * refuted nothing, and `unfinished` for all else, `what` saying why: a search that ran out of depth, memory or time, an
 * error in the model itself, or steps of the model that no run ever takes, so that it holds for want of a case.
 */
export function readPanReport(output) {
  const states = Number(/^\s*(\d+) states, stored/m.exec(output)?.[1] ?? 0);
  const errors = /^State-vector .* errors: (\d+)$/m.exec(output)?.[1];
  const refuted = REFUTED.exec(output)?.[1];
  if (refuted !== undefined) return { found: 'error', states, what: refuted.trim() };

  const trouble = TROUBLE.exec(output)?.[1];
  if (trouble !== undefined) return { found: 'unfinished', states, what: trouble.trim() };
  if (errors !== '0' || !output.includes('Full statespace search for:')) {
    return { found: 'unfinished', states, what: output.trim() || 'the checker said nothing' };
  }
  const unreached = unreachedSteps(output);
  return unreached.length === 0
    ? { found: 'none', states, what: '' }
    : { found: 'unfinished', states, what: ['no run takes these steps:', ...unreached].join('\n') };
}

/** Of processes alone: a formula's automaton has states of its own. A loop without end has no last state. */
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
