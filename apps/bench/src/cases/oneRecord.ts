/** The cost of a lock on one record, compared with the smallest possible lock. */
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

/** The two systems take turns, and no other runs: calls of 0.1 ms would measure the others' work too. */
export async function oneRecordCost({
  own,
  setNx,
  id,
  rounds,
  ...rest
}: OneRecordOptions): Promise<OneRecordCost> {
  const entrants = [own, setNx].map((one) => ({ ...one, rounds }));
  const samples = await costAtSize({ entrants, ids: [id], ...rest });
  const acquireMs = getMedian(own.name);
  const setNxMs = getMedian(setNx.name);
  return { acquireMs: rounded(acquireMs), setNxMs: rounded(setNxMs), ratio: rounded(acquireMs / setNxMs) };

  function getMedian(system: string): number {
    return median(samples.find((one) => one.verb === 'acquire' && one.system === system)?.timesMs ?? []);
  }
}
