/** The bulk tasks as the bar offers them. */
import { CaseSensitive, FileDown, type LucideIcon, PencilLine, Percent } from 'lucide-react';

export interface TaskChoice {
  name: string;
  title: string;
  icon: LucideIcon;
  /** What it does, for one who has not done it before */
  explanation: string;
  /** Whether others can still read and export the rows, and not change them */
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
      'Writes the rows to a file. It holds them shared: others may export too, and nobody changes them meanwhile.',
    isShared: true,
  },
];
