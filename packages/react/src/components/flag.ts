/** The value of a data attribute that is there if something is true, and absent if not. */
export const flag = (isSet: boolean): '' | undefined => (isSet ? '' : undefined);
