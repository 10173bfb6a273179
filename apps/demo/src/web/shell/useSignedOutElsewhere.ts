import { useRowlock } from '@rowlock/react';
import { useEffect } from 'react';
import { setSession } from '../session.ts';

/** Shows the sign-in page as soon as the live channel reports that the session has ended elsewhere. */
export function useSignedOutElsewhere(): void {
  const { status, error } = useRowlock();
  const isSignedOut = status === 'refused' && error?.code === 'unauthenticated';
  useEffect(() => {
    if (isSignedOut) setSession(undefined);
  }, [isSignedOut]);
}
