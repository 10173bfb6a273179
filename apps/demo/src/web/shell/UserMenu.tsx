import { Check, ChevronDown, Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import type { User } from '../../gazetteer/users.ts';
import { chooseTheme, chosenTheme, type Theme } from '../applyTheme.ts';
import { useUsers } from '../queries.ts';
import { setSession } from '../session.ts';
import { Avatar } from './Avatar.tsx';
import { useNotice } from './notice.ts';
import { openQueues } from './openQueues.ts';
import { signInAs } from './signInAs.ts';
import { signOutEverywhere } from './signOutEverywhere.ts';

const THEMES = [
  { id: 'system', name: 'System', icon: Monitor },
  { id: 'light', name: 'Light', icon: Sun },
  { id: 'dark', name: 'Dark', icon: Moon },
] as const satisfies { id: Theme; name: string; icon: typeof Sun }[];

/** The user of this window, and its theme. The platform's popover: Escape and a click beside it close it. */
export function UserMenu({ user }: { user: User }) {
  const users = useUsers();
  const notify = useNotice();
  const [theme, setTheme] = useState(chosenTheme);
  return (
    <>
      <button type="button" className="userButton" popoverTarget="user-menu" data-testid="user-menu">
        <Avatar name={user.name} />
        <span className="userButton-name">{user.name}</span>
        <span className="userButton-role">{user.role}</span>
        <ChevronDown size={14} aria-hidden />
      </button>
      <div className="menu" id="user-menu" popover="auto">
        <p className="menu-title">This window is</p>
        {users.data?.map((other) => (
          <button
            key={other.id}
            type="button"
            className="menu-item"
            aria-pressed={other.id === user.id}
            data-testid={`be-${other.id}`}
            onClick={() => {
              if (other.id !== user.id) signInAs(other).catch((error: Error) => notify(error.message));
            }}
          >
            <Avatar name={other.name} />
            <span>{other.name}</span>
            <span className="menu-hint">{other.role}</span>
            {other.id === user.id && <Check size={14} aria-hidden />}
          </button>
        ))}
        <p className="menu-title">Appearance</p>
        <div className="segments">
          {THEMES.map(({ id, name, icon: Icon }) => (
            <button
              key={id}
              type="button"
              className="segment"
              aria-pressed={theme === id}
              onClick={() => {
                chooseTheme(id);
                setTheme(id);
              }}
            >
              <Icon size={14} aria-hidden />
              {name}
            </button>
          ))}
        </div>
        {user.role === 'admin' && (
          <button
            type="button"
            className="menu-item"
            data-testid="open-queues"
            onClick={() => void openQueues().catch((error: Error) => notify(error.message))}
          >
            Queues in bull-board
          </button>
        )}
        <button type="button" className="menu-item" onClick={() => setSession(undefined)}>
          Sign out
        </button>
        <button
          type="button"
          className="menu-item"
          data-testid="sign-out-everywhere"
          onClick={() => void signOutEverywhere().catch((error: Error) => notify(error.message))}
        >
          Sign out everywhere
        </button>
      </div>
    </>
  );
}
