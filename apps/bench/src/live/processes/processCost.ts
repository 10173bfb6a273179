/** The cost of this process, for its parent to ask. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export const processCost = {
  /** CPU time of all threads since the start of the process, in ms. */
  cpuMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  },

  /**
   * Resident memory in bytes, after all garbage has been collected. Only a collection of the last resort returns the freed
   * memory to the system. Otherwise the garbage of the handshakes would count.
   */
  residentBytes(): number {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: object) => void;
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    return process.memoryUsage.rss();
  },
};
