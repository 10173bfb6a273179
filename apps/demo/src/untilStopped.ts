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

/** A start that fails says why in one line; the causes follow. */
export function failedToStart(name: string, error: unknown): never {
  const messages = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) messages.push(cause.message);
  console.error(`${name} cannot start: ${messages.join(' Cause: ') || String(error)}`);
  process.exit(1);
}
