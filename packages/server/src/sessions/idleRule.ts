/** The settings `sessions.idleWarnMs` and `sessions.idleReleaseMs`. */
import type { IdleRule } from '@rowlock/protocol';
import { assertDurationSetting } from '../durations.ts';

/** Undefined if no lease ends because nobody is active. @throws {TypeError} */
export function readIdleRule({
  idleWarnMs,
  idleReleaseMs,
}: {
  idleWarnMs?: number;
  idleReleaseMs?: number;
} = {}): IdleRule | undefined {
  assertDurationSetting('sessions.idleWarnMs', idleWarnMs);
  assertDurationSetting('sessions.idleReleaseMs', idleReleaseMs);
  if (idleWarnMs === undefined && idleReleaseMs === undefined) return undefined;
  if (idleWarnMs === undefined || idleReleaseMs === undefined || idleWarnMs >= idleReleaseMs) {
    throw new TypeError(
      'sessions.idleWarnMs and sessions.idleReleaseMs belong together, and the warning comes first. Give both, for example ' +
        '{ idleWarnMs: 600_000, idleReleaseMs: 660_000 }, or none.',
    );
  }
  return { warnMs: idleWarnMs, releaseMs: idleReleaseMs };
}
