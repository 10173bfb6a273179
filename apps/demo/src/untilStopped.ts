/** Ends a process on SIGTERM or SIGINT: in good order, and within five seconds in any case. */
const GRACE_MS = 4_500;

export function untilStopped(name: string, close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      console.error(`${name} did not close within ${GRACE_MS} ms and is ended`);
      process.exit(1);
    }, GRACE_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`${name} could not close in good order:`, error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** A start that fails says why in one line, with what is at the bottom of it. */
export function failedToStart(name: string, error: unknown): never {
  let root: unknown = error;
  while (root instanceof Error && root.cause) root = root.cause;
  const because = root === error ? '' : ` (${messageOf(root)})`;
  console.error(`${name} cannot start: ${messageOf(error)}${because}`);
  process.exit(1);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
