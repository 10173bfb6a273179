/** For the log: whether something happens for the first time. A broken client fills neither the log nor the memory. */
export type FirstTimes = (what: string) => boolean;

/** Beyond these many things the answer is always false. */
const MOST_REMEMBERED = 50;

export function createFirstTimes(): FirstTimes {
  const seen = new Set<string>();
  return (what) => {
    if (seen.has(what) || seen.size >= MOST_REMEMBERED) return false;
    seen.add(what);
    return true;
  };
}
