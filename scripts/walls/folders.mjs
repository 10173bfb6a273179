import { join } from 'node:path';
import { cycleInWords, folderCycles } from './folderCycles.mjs';

/** The source trees whose folders must have an order. */
const trees = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/react/src',
  'packages/test-utils/src',
  'apps/demo/src',
  'apps/bench/src',
  'stories/src',
  'conformance/src',
  'e2e/src',
];

/** Cycles that are allowed, by tree and folder, with the reason. `between` lists the names of a cycle in any order. */
const known = [
  ...['runs', 'tasks'].map((page) => ({
    tree: 'apps/demo/src',
    folder: 'web',
    between: ['shell', page],
    reason:
      'shell holds both the frame, which shows the tray and the number of failures, and the small parts that pages use.',
  })),
  ...['report', 'systems'].map((other) => ({
    tree: 'apps/bench/src',
    folder: '',
    between: ['cases', other],
    reason: 'A case declares its types beside its code; systems and reports import the types alone.',
  })),
];

/** Each unknown cycle in words, and each known one that is there no more. */
export function folderProblems(root, { sourceTrees = trees, knownCycles = known } = {}) {
  const cycles = sourceTrees.flatMap((tree) =>
    folderCycles(join(root, tree)).map((cycle) => ({ tree, ...cycle })),
  );
  const isKnown = (cycle) => knownCycles.some((each) => isSame(cycle, each));
  return [
    ...cycles
      .filter((cycle) => !isKnown(cycle))
      .map((cycle) => `${cycle.tree}: folders import each other in a circle. ${cycleInWords(cycle)}`),
    ...knownCycles
      .filter((each) => !cycles.some((cycle) => isSame(cycle, each)))
      .map(
        ({ tree, between }) =>
          `scripts/walls/folders.mjs lists a cycle in ${tree} that is gone: ${between.join(', ')}`,
      ),
  ];
}

const isSame = ({ tree, folder, steps }, known) =>
  tree === known.tree &&
  folder === known.folder &&
  steps.length === known.between.length &&
  steps.every(({ from }) => known.between.includes(from));
