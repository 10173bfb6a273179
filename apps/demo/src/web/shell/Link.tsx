import type { ComponentProps } from 'react';
import { goTo } from '../place.ts';

/** An anchor that stays in the app; with a modifier key it does what anchors do. */
export function Link({ to, onClick, ...rest }: { to: string } & ComponentProps<'a'>) {
  return (
    <a
      {...rest}
      href={to}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0) return;
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        goTo(to);
      }}
    />
  );
}
