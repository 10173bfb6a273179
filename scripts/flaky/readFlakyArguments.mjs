const USAGE = `Usage: pnpm flaky [files] [--times N] [--beside-load]

  files          test files of any kind, or folders of them; default: all files of the parts redis, browser and e2e
  --times N      how often to run them, 1 to 1,000; default 10
  --beside-load  keep one core busy meanwhile`;

/** `{ files, times, besideLoad }`, or throws with the usage. */
export function readFlakyArguments(argv) {
  const files = [];
  let times = 10;
  let besideLoad = false;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i];
    if (word === '--beside-load') besideLoad = true;
    else if (word === '--times') times = readTimes(argv[++i]);
    else if (word.startsWith('--times=')) times = readTimes(word.slice('--times='.length));
    else if (word.startsWith('-')) throw new Error(`There is no option "${word}".\n\n${USAGE}`);
    else files.push(word.replace(/^\.\//, ''));
  }
  return { files, times, besideLoad };
}

function readTimes(word) {
  const times = Number(word);
  if (Number.isInteger(times) && times >= 1 && times <= 1_000) return times;
  throw new Error(
    `--times needs a whole number from 1 to 1,000, and got ${JSON.stringify(word)}.\n\n${USAGE}`,
  );
}
