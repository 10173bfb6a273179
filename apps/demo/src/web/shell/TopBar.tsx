import type { User } from '../../gazetteer/users.ts';
import { ConnectionState } from './ConnectionState.tsx';
import { SearchBox } from './SearchBox.tsx';
import { UserMenu } from './UserMenu.tsx';

export function TopBar({ user, section }: { user: User; section: string }) {
  return (
    <header className="topBar">
      {/* The page of tasks has filters of its own. */}
      {section === 'tasks' ? <span className="spacer" /> : <SearchBox key={section} section={section} />}
      <ConnectionState />
      <UserMenu user={user} />
    </header>
  );
}
