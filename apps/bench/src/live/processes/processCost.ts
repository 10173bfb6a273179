/** The cost of this process, for its parent to ask. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const COLLECTIONS = 4;

export const processCost = {
  /** CPU time of all threads since the start of the process, in ms. */
  cpuMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },

  /** Resident memory in bytes, after all garbage has been collected. */
  async residentBytes(): Promise<number> {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    for (let time = 0; time < COLLECTIONS; time++) {
      collect();
      await new Promise(setImmediate);
    }
    return process.memoryUsage.rss();
  },
};
