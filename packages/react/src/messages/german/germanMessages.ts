/** The German texts. */

import { createFormats } from '../formats.ts';
import type { Messages } from '../messages.ts';
import { germanBadge } from './germanBadge.ts';
import { germanBanner } from './germanBanner.ts';
import { germanChoice } from './germanChoice.ts';
import { germanCommon } from './germanCommon.ts';
import { germanConflict } from './germanConflict.ts';
import { germanConnection } from './germanConnection.ts';
import { germanDashboard } from './germanDashboard.ts';
import { germanFieldset } from './germanFieldset.ts';
import { germanForecast } from './germanForecast.ts';
import { germanIdle } from './germanIdle.ts';
import { germanLockBanner } from './germanLockBanner.ts';
import { germanOutcome } from './germanOutcome.ts';
import { germanPresence } from './germanPresence.ts';
import { germanRelease } from './germanRelease.ts';
import { germanSave } from './germanSave.ts';
import { germanStale } from './germanStale.ts';
import { germanTask } from './germanTask.ts';
import { germanTray } from './germanTray.ts';

/** All German texts, with numbers and times in that locale: `de`, `de-AT`, `de-CH`. Default `de` */
export function createGermanMessages(locale = 'de'): Messages {
  const common = germanCommon(createFormats(locale));
  return {
    ...common,
    ...germanSave(),
    ...germanBadge(),
    ...germanBanner(common),
    ...germanStale(common),
    ...germanLockBanner(common),
    ...germanTask(common),
    ...germanOutcome(common),
    ...germanDashboard(common),
    ...germanConflict(common),
    ...germanChoice(common),
    ...germanConnection(),
    ...germanForecast(common),
    ...germanTray(common),
    ...germanRelease(common),
    ...germanPresence(common),
    ...germanIdle(common),
    ...germanFieldset(),
  };
}
