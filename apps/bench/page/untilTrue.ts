/** Resolves in the first frame in which the condition holds. @throws {Error} after 20 s */
export async function untilTrue(what: string, isTrue: () => boolean): Promise<void> {
  const limitMs = performance.now() + 20_000;
  while (!isTrue()) {
    if (performance.now() > limitMs) throw new Error(`Waited 20 s in vain for ${what}.`);
    await nextFrame();
  }
}

export const nextFrame = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
