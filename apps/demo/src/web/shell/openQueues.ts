import { request } from '../request.ts';

/** A page that the browser opens carries no token: a pass for that path alone lets an admin in. */
export async function openQueues(): Promise<void> {
  const { path } = await request<{ path: string }>('/api/admin/queues/pass', { method: 'POST' });
  window.location.assign(path);
}
