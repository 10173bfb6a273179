import type { HttpAnswer } from '../httpRequest.ts';

export const responseOf = ({ status, headers, body }: HttpAnswer): Response =>
  new Response(body, { status, headers });
