import { RowlockProvider } from '@rowlock/react';
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

function AppOf({ session }: { session: Session | undefined }) {
  const queryClient = useMemo(() => createQueryClient(), []);
  const auth = useMemo(() => ({ token: session?.token ?? '' }), [session?.token]);
  return (
    <QueryClientProvider client={queryClient}>
      {session ? (
        <RowlockProvider url="" auth={auth}>
          <RouterProvider router={router} />
        </RowlockProvider>
      ) : (
        <SignIn />
      )}
    </QueryClientProvider>
  );
}
