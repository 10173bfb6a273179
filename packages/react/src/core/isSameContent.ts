/** Whether two values that came as JSON are the same. */
export const isSameContent = (known: object | undefined, sent: object): boolean =>
  known !== undefined && JSON.stringify(known) === JSON.stringify(sent);
