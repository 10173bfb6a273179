/** What a lock on one record costs beside the smallest lock that there is. */
import { median, rounded } from '../report/statistics.ts';
import { costAtSize, type Entrant } from './costAtSize.ts';

export interface OneRecordCost {
  acquireMs: number;
  setNxMs: number;
  ratio: number;
}

export interface OneRecordOptions {
  own: Omit<Entrant, 'rounds'>;
  setNx: Omit<Entrant, 'rounds'>;
  id: string;
  rounds: number;
  onRound?: (done: number, of: number) => void;
  now?: () => number;
}

/** These two alone, in turns: between calls of a tenth of a millisecond, what others do would be what is measured. */
export async function oneRecordCost({
  own,
  setNx,
  id,
  rounds,
  ...rest
}: OneRecordOptions): Promise<OneRecordCost> {
  const entrants = [own, setNx].map((one) => ({ ...one, rounds }));
  const samples = await costAtSize({ entrants, ids: [id], ...rest });
  const acquireMs = medianOf(own.name);
  const setNxMs = medianOf(setNx.name);
  return { acquireMs: rounded(acquireMs), setNxMs: rounded(setNxMs), ratio: rounded(acquireMs / setNxMs) };

  function medianOf(system: string): number {
    return median(samples.find((one) => one.verb === 'acquire' && one.system === system)?.timesMs ?? []);
  }
}
