import type { Holder } from '@rowlock/protocol';

/** " (Edit Paris)", if the label says more than the name. */
export function getLabelSuffix(holder: Holder | undefined): string {
  return holder && holder.label !== holder.actor.name ? ` (${holder.label})` : '';
}
