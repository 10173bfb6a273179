import type { ComponentProps } from 'react';
import { goTo } from '../place.ts';

/** An anchor that stays in the app. With a modifier key it works as any anchor. */
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
