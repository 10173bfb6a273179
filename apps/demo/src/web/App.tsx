import { englishMessages, type Messages, RowlockProvider } from '@rowlock/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { useMemo } from 'react';
import { createQueryClient } from './queries.ts';
import { type Session, useSession } from './session.ts';
import { Shell } from './shell/Shell.tsx';
import { SignIn } from './shell/SignIn.tsx';

/** In a row's badge it does not matter over which selection a task runs, and there is no room to say it. */
const messages: Partial<Messages> = {
  badgeTask: (label, fraction) => englishMessages.badgeTask(withoutSelection(label), fraction),
  badgeUnattended: (label) => `${withoutSelection(label)} · no worker`,
};

const withoutSelection = (label: string): string => label.split(' · ')[0] ?? label;

/** Everything below is one user's: another token means other queries, another connection, other leases. */
export function App() {
  const session = useSession();
  return <AppOf key={session?.token ?? ''} session={session} />;
}

function AppOf({ session }: { session: Session | undefined }) {
  const queryClient = useMemo(createQueryClient, []);
  const auth = useMemo(() => ({ token: session?.token ?? '' }), [session?.token]);
  return (
    <QueryClientProvider client={queryClient}>
      {session ? (
        <RowlockProvider url="" auth={auth} messages={messages}>
          <Shell user={session.user} />
        </RowlockProvider>
      ) : (
        <SignIn />
      )}
    </QueryClientProvider>
  );
}
