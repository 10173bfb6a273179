import { describeExit, startGroup } from '../lib/startGroup.mjs';

const START_TIMEOUT_MS = 60_000;
const TAIL_LINES = 20;

/** A process of the demo has ended, so the demo cannot continue. The message shows its last lines. */
export class PartEnded extends Error {
  constructor(name, how, tail) {
    const lines = tail.slice(-TAIL_LINES).map((line) => `  │ ${line}`);
    super([`${name} ${how}.`, ...(lines.length ? ['The last that it wrote:', ...lines] : [])].join('\n'));
    this.name = 'PartEnded';
  }
}

/** The processes of the demo: started one by one, watched, and stopped together, those last which others need. */
export function createParts({ log = (line) => console.log(line) } = {}) {
  const running = [];
  let stopping = false;
  let crash;
  const crashed = new Promise((resolve) => {
    crash = resolve;
  });

  return {
    /** Resolves to a PartEnded when a part that had become ready ends without having been asked to. */
    crashed,

    /**
     * Starts a part and waits for its ready line. `quiet`: what it writes is shown only if it crashes. `isNeeded`: it
     * must outlive the others. `folder` is removed should this process be killed.
     */
    async start(name, command, args, { env, cwd, ready, quiet = false, isNeeded = false, folder }) {
      const group = startGroup(command, args, { env, cwd, folder });
      let isReady = false;
      const becameReady = new Promise((resolve) => {
        group.onLine((line) => {
          if (!isReady && ready.test(line)) {
            isReady = true;
            resolve(true);
          } else if (!quiet) log(`${name.padEnd(6)} │ ${line}`);
        });
      });
      running.push({ isNeeded, group });
      let timer;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, START_TIMEOUT_MS, 'late');
      });
      const first = await Promise.race([becameReady, late, group.exited]);
      clearTimeout(timer);
      if (stopping) return new Promise(() => {}); // the demo is stopping, and nobody waits for this part
      if (first !== true) {
        if (first === 'late') await group.stop();
        const how =
          first === 'late'
            ? `was not ready after ${START_TIMEOUT_MS / 1000} s`
            : `did not start: ${describeExit(first)}`;
        throw new PartEnded(name, how, group.tail());
      }
      void group.exited.then((exit) => {
        if (!stopping)
          crash(new PartEnded(name, `has ended unexpectedly: ${describeExit(exit)}`, group.tail()));
      });
      return { pid: group.pid };
    },

    async stop() {
      stopping = true;
      for (const needed of [false, true]) {
        const groups = running.filter(({ isNeeded }) => isNeeded === needed);
        await Promise.all(groups.map(({ group }) => group.stop()));
      }
    },
  };
}
