/** The kit's shapes, 16 × 16, in the colour of the text around them. They repeat words, so screen readers skip them. */
const PATHS = {
  pencil: 'M10.8 2.9 13.1 5.2 5.5 12.8 2.6 13.4 3.2 10.5Z M9.4 4.3 11.7 6.6',
  cross: 'M4.5 4.5 11.5 11.5 M11.5 4.5 4.5 11.5',
  tick: 'M3.5 8.5 6.5 11.5 12.5 5',
  clock: 'M8 4.75V8L10.25 9.5 M8 1.75a6.25 6.25 0 1 0 0 12.5a6.25 6.25 0 0 0 0-12.5Z',
  question: 'M6 6.1a2 2 0 1 1 2.9 1.8c-.6.3-.9.7-.9 1.4 M8 11.6v.05',
  warning: 'M8 5.5v3.25 M8 11v.05 M8 2.25 14.25 13.25H1.75Z',
  down: 'M4 6.25 8 10.25 12 6.25',
  stop: 'M5 5h6v6H5Z',
  lock: 'M4.5 7.25h7v6h-7Z M5.75 7.25V5a2.25 2.25 0 0 1 4.5 0v2.25',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="rowlock-icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** Progress as a ring. Without a fraction it is a ring of dashes, which shows no progress. */
export function Ring({ fraction }: { fraction: number | undefined }) {
  return (
    <svg className="rowlock-ring" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <circle className="rowlock-ring-track" cx="8" cy="8" r="6" pathLength={100} />
      <circle
        className="rowlock-ring-done"
        cx="8"
        cy="8"
        r="6"
        pathLength={100}
        strokeDasharray={fraction === undefined ? '6.25 6.25' : `${fraction * 100} 100`}
        transform="rotate(-90 8 8)"
      />
    </svg>
  );
}

/** Progress as a ring that the style sheet fills, so that it moves without a render: see LockBadge/taskFractions.ts. */
export function LiveRing({ taskId, hasFraction }: { taskId: string; hasFraction: boolean }) {
  return (
    <svg
      className="rowlock-ring"
      data-task={hasFraction ? taskId : undefined}
      viewBox="0 0 16 16"
      aria-hidden="true"
      focusable="false"
    >
      <circle className="rowlock-ring-track" cx="8" cy="8" r="6" pathLength={100} />
      <circle
        className="rowlock-ring-done"
        cx="8"
        cy="8"
        r="6"
        pathLength={100}
        strokeDasharray={hasFraction ? '100 100' : '6.25 6.25'}
        transform="rotate(-90 8 8)"
      />
    </svg>
  );
}

/** A person, as an initial in a disc. */
export function Avatar({ name }: { name: string }) {
  return (
    <span className="rowlock-avatar" aria-hidden="true">
      {getInitial(name)}
    </span>
  );
}

function getInitial(name: string): string {
  // By code points, since a name may begin with a character outside the basic plane.
  return ([...name.trim()][0] ?? '?').toLocaleUpperCase();
}
