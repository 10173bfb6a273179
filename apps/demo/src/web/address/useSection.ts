import { useLocation } from '@tanstack/react-router';

/** The first part of the path: "cities". */
export const useSection = (): string =>
  useLocation({ select: ({ pathname }) => pathname.split('/')[1] || 'cities' });
