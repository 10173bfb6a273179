/** The data attributes of `<LockedFieldset>`, for your own CSS: `.rowlock-fieldset[data-read-only]`. */
export const lockedFieldsetAttributes = {
  /** Present while others block the rows, so that the fields cannot be changed */
  readOnly: 'data-read-only',
} as const;

/** On an element inside of `<LockedFieldset>`: it stays usable while the fields are read only, as a button *Close* is. */
export const ALWAYS_USABLE = 'data-rowlock-usable';
