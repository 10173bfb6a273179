import type { CommonTexts } from '../commonTexts.ts';
import type { StaleTexts } from '../staleTexts.ts';

export const germanStale = ({ number, list }: CommonTexts): StaleTexts => ({
  staleTitle({ names, isMe, isTask, row = 'diese Zeile' }) {
    if (isMe) return `Sie haben ${row} in einem anderen Tab geändert`;
    if (isTask) {
      return names.length > 0
        ? `Eine Aufgabe von ${list(names)} hat ${row} geändert`
        : `Eine Aufgabe hat ${row} geändert`;
    }
    if (names.length > 0) return `${list(names)} ${names.length === 1 ? 'hat' : 'haben'} ${row} geändert`;
    return `${row === 'diese Zeile' ? 'Diese Zeile' : row} hat sich geändert`;
  },
  staleChoices(open, total) {
    if (open < total) return `Bei ${number(open)} von ${number(total)} Feldern ist Ihre Wahl noch nötig.`;
    if (total === 1) return 'Sie haben beide 1 Feld geändert. Wählen Sie den Wert, der gespeichert wird.';
    return `Sie haben beide ${number(total)} Felder geändert. Wählen Sie die Werte, die gespeichert werden.`;
  },
  staleChosen: () => 'Speichern Sie, um diese Werte zu behalten.',
  staleEditsStay: () => 'Ihre Eingaben bleiben im Formular.',
  staleNothingTyped: () => 'Das Formular zeigt noch die alten Werte.',
  announceStale(title, at, open) {
    const when = at === undefined ? '' : `, ${at}`;
    return `${title}${when}.${open > 0 ? ` Bei ${open === 1 ? '1 Feld' : `${number(open)} Feldern`} ist Ihre Wahl nötig.` : ''}`;
  },
  loadNewValues: () => 'Neue Werte laden',
  keepMine: () => 'Meine behalten',
  takeAllTheirs: () => 'Alle fremden nehmen',
  keepAllMine: () => 'Alle meine behalten',
  theirValue: () => 'Fremder Wert',
  myValue: () => 'Mein Wert',
  emptyValue: () => 'Leer',
  yesOrNo: (value) => (value ? 'Ja' : 'Nein'),
});
