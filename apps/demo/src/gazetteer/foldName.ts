/** Spellings of place names: ASCII for people and files, and a key for searching. */

/** Letters that Unicode does not decompose into a base letter and a mark. */
const LETTERS: Record<string, string> = {
  Æ: 'AE',
  æ: 'ae',
  Œ: 'OE',
  œ: 'oe',
  Ø: 'O',
  ø: 'o',
  Ð: 'D',
  ð: 'd',
  Đ: 'D',
  đ: 'd',
  Þ: 'Th',
  þ: 'th',
  ß: 'ss',
  ẞ: 'SS',
  Ł: 'L',
  ł: 'l',
  ı: 'i',
  Ħ: 'H',
  ħ: 'h',
  Ŋ: 'Ng',
  ŋ: 'ng',
  Ə: 'A',
  ə: 'a',
  ƙ: 'k',
  ɓ: 'b',
  ɗ: 'd',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');

/** `Saint-Étienne` → `Saint-Etienne`, `Łódź` → `Lodz`: ASCII for Latin letters, and one space between words. */
export const asciiName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(LETTER, (letter) => LETTERS[letter]!)
    .replace(/[‘’ʻʼʿʾ`´′]/g, "'")
    .replace(/[‐‑‒–—―]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();

/** The key for searching a name: `Île-de-France` and `ile de france` have the same key. */
export const searchKey = (text: string): string =>
  asciiName(text)
    .toLowerCase()
    .replace(/[-'.,]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
