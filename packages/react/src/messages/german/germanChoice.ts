import type { ChoiceTexts } from '../choiceTexts.ts';
import type { CommonTexts } from '../commonTexts.ts';

export const germanChoice = ({ number, list }: CommonTexts): ChoiceTexts => ({
  waitInLine: () => 'Warten, bis frei',
  stopWaiting: () => 'Nicht mehr warten',
  notifyMe: () => 'Schließen und weiter warten',
  waitPosition(position) {
    if (position === undefined) return 'Sie warten.';
    return position === 1 ? 'Sie sind als Nächstes dran.' : `Sie sind an Position ${number(position)}.`;
  },
  waitNote: () =>
    'Sie können das schließen und etwas anderes tun. Sie bekommen die Zeilen, sobald sie frei sind.',
  ask: (name) => `${name} fragen`,
  askLabel: (name) => `Nachricht an ${name} (freiwillig)`,
  askSend: () => 'Senden',
  askOpen: (name) => `Sie haben ${name} gefragt. Die Antwort steht noch aus…`,
  askAnswer(name, answer) {
    switch (answer) {
      case 'released':
        return `${name} hat die Zeilen für Sie freigegeben.`;
      case 'later':
        return `${name} braucht noch etwas. Wenn Sie warten, bekommen Sie die Zeilen als Nächstes.`;
      case 'refused':
        return `${name} möchte die Zeilen vorerst behalten. Sie können warten, bis sie frei sind.`;
      default:
        return `${name} hat nicht geantwortet und ist vielleicht nicht da.`;
    }
  },
  askFailed: () => 'Die Frage konnte nicht gesendet werden.',
  takeOver: () => 'Übernehmen…',
  takeOverLabel: () => 'Grund, für die andere Person',
  takeOverPreview: (names, me, reason) =>
    `${list(names)} sieht dann: „${me} hat diese Zeile übernommen: ${reason === '' ? '…' : reason}“ Ungespeicherte Änderungen bleiben dort im Formular, können aber nicht mehr gespeichert werden.`,
  takeOverConfirm: () => 'Übernehmen',
  takeOverReasonMissing: () => 'Schreiben Sie einen Grund, damit die andere Person es versteht.',
  takeOverFailed: () => 'Das konnte nicht übernommen werden. Nichts hat sich geändert.',
  editHere: () => 'Hier bearbeiten',
  editHereReason: () => 'Die Bearbeitung geht in einem anderen Tab weiter.',
  back: () => 'Zurück',
  details: () => 'Details',
  endedHolders: (count) => (count === 1 ? '1 weiterer ist fertig' : `${number(count)} weitere sind fertig`),
  endedTitle: (name) => `${name} hat bearbeitet`,
  cancelFailed: () => 'Die Aufgabe konnte nicht abgebrochen werden.',
  refusal(code) {
    switch (code) {
      case 'forbidden':
        return 'Dazu fehlt Ihnen die Berechtigung. Wenden Sie sich an Ihre Administration.';
      case 'unauthenticated':
        return 'Sie sind abgemeldet. Melden Sie sich an und versuchen Sie es noch einmal.';
      case 'too_many_records':
      case 'too_large':
        return 'Das sind zu viele Zeilen auf einmal. Wählen Sie weniger und versuchen Sie es noch einmal.';
      case 'rate_limited':
        return 'Diese Seite hat in kurzer Zeit zu viel angefragt. Versuchen Sie es gleich noch einmal.';
      case 'unavailable':
        return 'Der Server kann gerade nicht prüfen, wer bearbeitet. Nichts wurde geändert, und Ihre Eingaben sind noch da.';
      case 'not_found':
      case 'lease_lost':
        return 'Das gibt es nicht mehr. Laden Sie die Seite neu und versuchen Sie es noch einmal.';
      default:
        return 'Mit dieser Seite oder dem Server stimmt etwas nicht. Laden Sie die Seite neu. Wenn es wieder geschieht, melden Sie es mit den Details unten.';
    }
  },
});
