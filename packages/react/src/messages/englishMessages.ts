/** The English texts, which the components use unless the application gives others. */
import { badgeTexts } from './badgeTexts.ts';
import { bannerTexts } from './bannerTexts.ts';
import { choiceTexts } from './choiceTexts.ts';
import { englishCommon } from './commonTexts.ts';
import { conflictTexts } from './conflictTexts.ts';
import { connectionTexts } from './connectionTexts.ts';
import { dashboardTexts } from './dashboardTexts.ts';
import { fieldsetTexts } from './fieldsetTexts.ts';
import { forecastTexts } from './forecastTexts.ts';
import { createFormats } from './formats.ts';
import { idleTexts } from './idleTexts.ts';
import { lockBannerTexts } from './lockBannerTexts.ts';
import type { Messages } from './messages.ts';
import { outcomeTexts } from './outcomeTexts.ts';
import { presenceTexts } from './presenceTexts.ts';
import { releaseTexts } from './releaseTexts.ts';
import { saveTexts } from './saveTexts.ts';
import { staleTexts } from './staleTexts.ts';
import { taskTexts } from './taskTexts.ts';
import { trayTexts } from './trayTexts.ts';

/** All English texts, with numbers and times in that locale. Default `en` */
export function createEnglishMessages(locale = 'en'): Messages {
  const common = englishCommon(createFormats(locale));
  return {
    ...common,
    ...saveTexts(),
    ...badgeTexts(),
    ...bannerTexts(common),
    ...staleTexts(common),
    ...lockBannerTexts(common),
    ...taskTexts(common),
    ...outcomeTexts(common),
    ...dashboardTexts(common),
    ...conflictTexts(common),
    ...choiceTexts(common),
    ...connectionTexts(),
    ...forecastTexts(common),
    ...trayTexts(common),
    ...releaseTexts(common),
    ...presenceTexts(common),
    ...idleTexts(common),
    ...fieldsetTexts(),
  };
}
