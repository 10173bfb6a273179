/**
 * Text that people gave, as one line for others to read: in labels, names and log lines. A line break could forge a log line, a
 * control character could steer a terminal, and a bidirectional control could make a line read differently than it is.
 */

const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/;
/** Control characters, and what breaks a line or a paragraph. */
const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
/** Bidirectional controls, and characters of no width. The joiners stay: Persian words and emoji need them. */
const UNSEEN = /[\p{Bidi_Control}\u200b\u2060-\u2064\ufeff]/gu;
/** Half of a character, which cannot be written down. */
const LONE_SURROGATES = /\p{Surrogate}/gu;

/** One line: breaks and controls become a space, unseen characters go, both ends are trimmed. */
export function plainText(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text.trim();
  return text.replace(BREAKS, ' ').replace(UNSEEN, '').replace(LONE_SURROGATES, '\ufffd').trim();
}
