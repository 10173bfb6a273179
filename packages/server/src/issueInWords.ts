import type { z } from 'zod';

/** The first problem in words, with its path: ` at "records.0": …` */
export function issueInWords(error: z.ZodError): string {
  const [issue] = error.issues;
  const where = issue?.path.length ? ` at "${issue.path.join('.')}"` : '';
  return `${where}: ${issue?.message}`;
}
