import type { SaveTexts } from '../saveTexts.ts';

export const germanSave = (): SaveTexts => ({
  saveUncertain: () =>
    'Es kam keine Antwort. Vielleicht wurde gespeichert, vielleicht nicht. Speichern Sie noch einmal, um sicher zu sein.',
});
