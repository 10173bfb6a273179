/** How a component gets its texts: the English ones of its own group, replaced by those that the application gives. */
import { type CommonTexts, englishCommon } from './commonTexts.ts';
import { createFormats } from './formats.ts';
import { getReaderLocale } from './readerLocale.ts';

/** The English texts of a component. Only a page that uses the component loads them. */
export type TextGroup<Own extends object> = (common: CommonTexts) => Own;

/** The texts that an application gives to `<RowlockProvider messages>`. */
export type GivenTexts = Readonly<Partial<CommonTexts>>;

export const NO_TEXTS: GivenTexts = Object.freeze({});

const resolved = new WeakMap<GivenTexts, Map<TextGroup<object>, object>>();

/** The same object for the same group and the same given texts. */
export function resolveTexts<Own extends object>(
  group: TextGroup<Own>,
  given: GivenTexts,
): CommonTexts & Own {
  const ofGiven = resolved.get(given) ?? new Map<TextGroup<object>, object>();
  resolved.set(given, ofGiven);
  const known = ofGiven.get(group);
  if (known) return known as CommonTexts & Own;
  const common = { ...englishCommon(createFormats(given.locale ?? getReaderLocale('en'))), ...given };
  const texts = { ...common, ...group(common), ...given };
  ofGiven.set(group, texts);
  return texts;
}
