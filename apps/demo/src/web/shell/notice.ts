import { createContext, use } from 'react';

/** Shows a short message for a moment: "Paris saved". */
export const NoticeContext = createContext<(text: string) => void>(() => {});

export const useNotice = (): ((text: string) => void) => use(NoticeContext);
