/** Runs `fn` for each, so many at once: a burst takes a few round trips, and leaves room for others. */
export async function inSteps<T>(
  items: readonly T[],
  atOnce: number,
  fn: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const lanes = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (const item of left) await fn(item);
  });
  // All of them, also where one fails: what is under way is not left behind.
  const ended = await Promise.allSettled(lanes);
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}
