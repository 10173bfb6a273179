/** Every text of the components. */
import type { BadgeTexts } from './badgeTexts.ts';
import type { BannerTexts } from './bannerTexts.ts';
import type { ChoiceTexts } from './choiceTexts.ts';
import type { CommonTexts } from './commonTexts.ts';
import type { ConflictTexts } from './conflictTexts.ts';
import type { ConnectionTexts } from './connectionTexts.ts';
import type { DashboardTexts } from './dashboardTexts.ts';
import type { FieldsetTexts } from './fieldsetTexts.ts';
import type { ForecastTexts } from './forecastTexts.ts';
import type { IdleTexts } from './idleTexts.ts';
import type { LockBannerTexts } from './lockBannerTexts.ts';
import type { OutcomeTexts } from './outcomeTexts.ts';
import type { PresenceTexts } from './presenceTexts.ts';
import type { ReleaseTexts } from './releaseTexts.ts';
import type { SaveTexts } from './saveTexts.ts';
import type { StaleTexts } from './staleTexts.ts';
import type { TaskTexts } from './taskTexts.ts';
import type { TrayTexts } from './trayTexts.ts';

/** Each text is a function that returns a whole sentence or phrase, in plain text. */
export type Messages = CommonTexts &
  BadgeTexts &
  LockBannerTexts &
  ChoiceTexts &
  SaveTexts &
  BannerTexts &
  StaleTexts &
  TaskTexts &
  OutcomeTexts &
  DashboardTexts &
  ConflictTexts &
  ConnectionTexts &
  ForecastTexts &
  TrayTexts &
  FieldsetTexts &
  IdleTexts &
  PresenceTexts &
  ReleaseTexts;
