/** Closes and ends a process on SIGTERM or SIGINT, within five seconds in any case. */
const CLOSE_TIMEOUT_MS = 4_500;

export function untilStopped(name: string, close: () => Promise<void>): void {
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      console.error(`${name} did not close within ${CLOSE_TIMEOUT_MS} ms, so it exits now`);
      process.exit(1);
    }, CLOSE_TIMEOUT_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`${name} failed to close:`, error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Prints in one line why a start failed, with the root cause, and exits. */
export function failedToStart(name: string, error: unknown): never {
  let root: unknown = error;
  while (root instanceof Error && root.cause) root = root.cause;
  const because = root === error ? '' : ` (${describeError(root)})`;
  console.error(`${name} cannot start: ${describeError(error)}${because}`);
  process.exit(1);
}

const describeError = (error: unknown): string => (error instanceof Error ? error.message : String(error));
