/** Idleness: nobody is active in a tab that holds leases. */

/** The rule of a server for tabs in which nobody is active. */
export interface IdleRule {
  /** After so long without activity the tab is warned, in ms */
  warnMs: number;
  /** After so long without activity its leases end, in ms */
  releaseMs: number;
}

/** Whether the leases of this session will end because nobody is active. */
export interface Idle {
  /** When they will end: Unix time in ms by the server's clock, for display only. Null: somebody is active again, or nothing is held */
  endsAt: number | null;
}
