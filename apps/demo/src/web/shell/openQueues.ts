import { request } from '../request.ts';

/** A page that the browser opens sends no token, so an admin gets a pass for that path only. */
export async function openQueues(): Promise<void> {
  const { path } = await request<{ path: string }>('/api/admin/queues/pass', { method: 'POST' });
  window.location.assign(path);
}
