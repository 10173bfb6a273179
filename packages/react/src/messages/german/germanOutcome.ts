import type { CommonTexts } from '../commonTexts.ts';
import type { OutcomeTexts } from '../outcomeTexts.ts';

export const germanOutcome = ({ number, rows }: CommonTexts): OutcomeTexts => ({
  outcome({ kind, doneCount, totalCount, failedCount }, readsOnly) {
    if (kind === 'completed') {
      if (totalCount === 0 || doneCount === undefined) return 'Fertig';
      const done = `${rows(doneCount)} ${readsOnly ? 'gelesen' : 'geändert'}`;
      return failedCount > 0 ? `${done} · ${number(failedCount)} fehlgeschlagen` : done;
    }
    const verb = kind === 'cancelled' ? 'Abgebrochen' : 'Fehlgeschlagen';
    if (doneCount === undefined)
      return readsOnly ? verb : `${verb}. Bereits geänderte Zeilen bleiben geändert`;
    if (doneCount === 0) return readsOnly ? verb : `${verb}, bevor eine Zeile geändert wurde`;
    const after = `${verb} nach ${number(doneCount)} von ${rows(totalCount)}`;
    return readsOnly ? after : `${after}; diese bleiben geändert`;
  },
  outcomeLeftOut(count, names) {
    if (names.length === 0) return `${number(count)} ausgelassen`;
    const more = count - names.length;
    return `${number(count)} ausgelassen: ${names.join(', ')}${more > 0 ? ` und ${number(more)} weitere` : ''}`;
  },
  doWhenFree: () => 'Nachholen, sobald frei',
  errorDetails: () => 'Details',
  failedRows: (count) => (count === 1 ? '1 Zeile fehlgeschlagen' : `${number(count)} Zeilen fehlgeschlagen`),
  moreFailedRows: () => 'Mehr zeigen',
  retryFailed: () => 'Fehlgeschlagene wiederholen',
  retryFailedOf: (label) => `Fehlgeschlagene wiederholen: ${label}`,
  retryTask: () => 'Wiederholen',
  retryTaskOf: (label) => `Wiederholen: ${label}`,
  retrying: () => 'Wird wiederholt…',
  loadingFailedRows: () => 'Fehlgeschlagene Zeilen werden geladen…',
});
