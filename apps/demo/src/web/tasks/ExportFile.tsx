import { Download } from 'lucide-react';
import { useState } from 'react';
import { useNotice } from '../shell/notice.ts';
import { downloadExport } from './downloadExport.ts';

/** Offers the file of an export. */
export function ExportFile({ taskId }: { taskId: string }) {
  const notify = useNotice();
  const [isLoading, setLoading] = useState(false);
  return (
    <button
      type="button"
      className="button"
      data-size="small"
      data-testid="download-csv"
      disabled={isLoading}
      onClick={() => {
        setLoading(true);
        downloadExport(taskId)
          .catch((error: Error) => notify(error.message))
          .finally(() => setLoading(false));
      }}
    >
      <Download size={14} aria-hidden />
      CSV
    </button>
  );
}
