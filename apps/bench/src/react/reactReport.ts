import type { MountResult, ProgressResult, RerenderResult } from '../../page/results.ts';
import type { Machine } from '../machine.ts';

/** The results of `pnpm bench react`. */
export interface ReactReport {
  machine: Machine;
  /** The version of Chromium */
  browser: string;
  rerender: RerenderResult;
  progress: ProgressResult;
  mount: MountResult;
}
