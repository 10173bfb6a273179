/** Spellings of place names: ASCII for people and files, and a key for searching. */

/** Letters that Unicode does not take apart into a base letter and a mark. */
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

/** `Saint-Étienne` → `Saint-Etienne`, `Łódź` → `Lodz`: ASCII where the script is Latin, one space between words. */
export const asciiName = (name: string): string =>
  name
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(LETTER, (letter) => LETTERS[letter]!)
    .replace(/[‘’ʻʼʿʾ`´′]/g, "'")
    .replace(/[‐‑‒–—―]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();

/** What a name is found by: `Île-de-France` and `ile de france` give the same key. */
export const searchKey = (text: string): string =>
  asciiName(text)
    .toLowerCase()
    .replace(/[-'.,]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
