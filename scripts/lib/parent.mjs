const LOOK_EVERY_MS = 1_000;

/**
 * Calls back when the npm that started this script is gone without having passed a signal on, so that killing `npm run`
 * leaves nothing running.
 */
export function untilParentIsGone(onGone) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, LOOK_EVERY_MS);
  timer.unref();
}
