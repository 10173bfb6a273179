/** The texts about saves. */

export interface SaveTexts {
  /** A save got no answer */
  saveUncertain(): string;
}

export const saveTexts = (): SaveTexts => ({
  saveUncertain: () => 'No answer has come, so this may have been saved or not. Save again to be certain.',
});
