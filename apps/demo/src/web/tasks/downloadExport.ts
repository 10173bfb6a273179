import { send } from '../request.ts';

/** Fetches an export with this tab's token and hands it to the browser as a file. */
export async function downloadExport(taskId: string): Promise<void> {
  const response = await send(`/api/exports/${taskId}`, {});
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = `cities-${taskId}.csv`;
  link.click();
  URL.revokeObjectURL(url);
}
