/** Work that is done one piece after the other, in the order in which it was given. */
export type Lane = <T>(work: () => Promise<T>) => Promise<T>;

export function createLane(): Lane {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    // A piece that fails fails for its own caller, and holds up nobody.
    last = result.catch(() => {});
    return result;
  };
}
