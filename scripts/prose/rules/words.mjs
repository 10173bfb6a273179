/** A word in any of the forms that a verb takes, as a whole word. */
export const words = (...forms) => new RegExp(`\\b(?:${forms.join('|')})\\b`, 'i');
