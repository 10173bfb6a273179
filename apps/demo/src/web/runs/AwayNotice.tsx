import { useConnectionStatus } from '@rowlock/react';
import { whyAway } from '../shell/whyAway.ts';

/** Shows why no news can arrive, and until when. */
export function AwayNotice() {
  const why = whyAway(useConnectionStatus().status);
  return (
    why && (
      <div className="notice listNotice" data-tone="stale" role="status">
        <span>{why} This list may be out of date until it is back, and then updates by itself.</span>
      </div>
    )
  );
}
