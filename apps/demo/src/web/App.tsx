import { RowlockProvider } from '@rowlock/react';
import { createRowlockClient } from '@rowlock/react/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { useMemo } from 'react';
import { createQueryClient } from './queries.ts';
import { router } from './router.ts';
import { type Session, useSession } from './session.ts';
import { SignIn } from './shell/SignIn.tsx';

/** Everything below belongs to one user. Another token means other queries, another connection and other leases. */
export function App() {
  const session = useSession();
  return <AppOf key={session?.token ?? ''} session={session} />;
}

/** Its HTTP requests, such as the failed rows of a task, need the header of this API. */
const createClient = (token: string) =>
  createRowlockClient({
    url: '',
    auth: { token },
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...init?.headers, Authorization: `Bearer ${token}` } }),
  });

function AppOf({ session }: { session: Session | undefined }) {
  const queryClient = useMemo(() => createQueryClient(), []);
  const token = session?.token ?? '';
  const client = useMemo(() => createClient(token), [token]);
  return (
    <QueryClientProvider client={queryClient}>
      {session ? (
        <RowlockProvider client={client}>
          <RouterProvider router={router} />
        </RowlockProvider>
      ) : (
        <SignIn />
      )}
    </QueryClientProvider>
  );
}
