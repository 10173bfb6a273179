/**
 * Text from users as one line for other people, in labels, names and log lines. A line break could forge a log line, a
 * control character could steer a terminal, and a bidirectional control could reorder the visible text.
 */

const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/;
/** Control characters, and characters that break a line or a paragraph. */
const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
/** Bidirectional controls, and characters of no width. The joiners stay: Persian words and emoji need them. */
const UNSEEN = /[\p{Bidi_Control}\u200b\u2060-\u2064\ufeff]/gu;
/** Half of a character, which cannot be encoded. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** Returns one line: replaces breaks and controls by a space, removes invisible characters, and trims both ends. */
export function plainText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text.trim();
  return text.replace(BREAKS, ' ').replace(UNSEEN, '').replace(LONE_SURROGATES, '\ufffd').trim();
}
