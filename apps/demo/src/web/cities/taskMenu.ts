/** The bulk tasks as the bar offers them. */
import { CaseSensitive, FileDown, type LucideIcon, PencilLine, Percent } from 'lucide-react';
import type { GazetteerTasks } from '../../tasks/allTasks.ts';

export interface TaskChoice {
  name: keyof GazetteerTasks & string;
  title: string;
  icon: LucideIcon;
  /** Explains the task to a user who has not run it before */
  explanation: string;
  /** Others can still read and export the rows, but not change them */
  isShared?: boolean;
}

export const SET_FIELDS = 'set-fields';

export const taskMenu: TaskChoice[] = [
  {
    name: 'normalise-names',
    title: 'Normalise names',
    icon: CaseSensitive,
    explanation: 'Writes the ASCII spelling of each name beside it: Saint-Étienne becomes Saint-Etienne.',
  },
  {
    name: 'recompute-population-share',
    title: 'Recompute share',
    icon: Percent,
    explanation: 'Computes which share of its country’s people each city has.',
  },
  {
    name: SET_FIELDS,
    title: 'Set fields…',
    icon: PencilLine,
    explanation: 'Sets the fields that you fill in, on every row. Fields left empty stay as they are.',
  },
  {
    name: 'export-csv',
    title: 'Export CSV',
    icon: FileDown,
    explanation:
      'Writes the rows to a file. Others may export the rows, too, but nobody can change them meanwhile.',
    isShared: true,
  },
];
