import type { CommonTexts } from '../../messages/commonTexts.ts';
import type { StaleTexts } from '../../messages/staleTexts.ts';

/** A value of any field, for people. An application that knows its fields writes them better. */
export function formatAnyValue(value: unknown, texts: CommonTexts & StaleTexts): string {
  if (value === undefined || value === null || value === '') return texts.emptyValue();
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return texts.number(value);
    case 'boolean':
      return texts.yesOrNo(value);
    default:
      return value instanceof Date ? texts.exactTime(value.getTime()) : JSON.stringify(value);
  }
}
