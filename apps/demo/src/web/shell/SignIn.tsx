import { useState } from 'react';
import type { Role, User } from '../../gazetteer/users.ts';
import { useUsers } from '../queries.ts';
import { Avatar } from './Avatar.tsx';
import { signInAs } from './signInAs.ts';

const ROLE_TEXT: Record<Role, string> = {
  admin: 'edits, launches tasks, cancels anyone’s',
  editor: 'edits, launches tasks',
  viewer: 'watches only',
};

export function SignIn() {
  const users = useUsers();
  const [failure, setFailure] = useState<string>();
  const signIn = (user: User) => signInAs(user).catch((error: Error) => setFailure(error.message));
  return (
    <main className="signIn">
      <h1>Gazetteer</h1>
      <p className="signIn-lead">
        135,233 places, edited by several people and background tasks at once. Choose who you are in this
        window; open a second one to be somebody else.
      </p>
      {users.isError && (
        <p className="notice" data-tone="danger" role="alert">
          {users.error.message}{' '}
          <button type="button" className="link" onClick={() => users.refetch()}>
            Try again
          </button>
        </p>
      )}
      {failure && (
        <p className="notice" data-tone="danger" role="alert">
          {failure}
        </p>
      )}
      <ul className="signIn-users">
        {users.data?.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              className="signIn-user"
              data-testid={`sign-in-${user.id}`}
              onClick={() => signIn(user)}
            >
              <Avatar name={user.name} />
              <span>
                <span className="signIn-name">{user.name}</span>
                <span className="signIn-role">
                  {user.role} – {ROLE_TEXT[user.role]}
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}
