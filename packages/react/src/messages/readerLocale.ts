/**
 * The reader's own variant of a language, for numbers and times: `en-GB` for English texts in a British browser. The language
 * itself if the browser prefers another one, and in server rendering.
 */
export function getReaderLocale(language: string): string {
  const preferred = typeof navigator === 'undefined' ? [] : navigator.languages;
  return preferred.find((tag) => tag.toLowerCase().split('-')[0] === language) ?? language;
}
