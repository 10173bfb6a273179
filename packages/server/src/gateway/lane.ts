/** Runs pieces of work one after the other, in the order of the calls. */
export type Lane = <T>(work: () => Promise<T>) => Promise<T>;

export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    // A failure reaches only its own caller, and delays nobody.
    // The lane keeps no result alive.
    last = result.then(ignore, ignore);
    return result;
  };
}

const ignore = () => {};
