import { createContext, use } from 'react';

/** Says something in passing: "Paris saved". */
export const NoticeContext = createContext<(text: string) => void>(() => {});

export const useNotice = (): ((text: string) => void) => use(NoticeContext);
