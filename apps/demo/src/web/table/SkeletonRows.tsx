import type { Columns } from './tableFeatures.ts';

const SKELETON_ROWS = 14;

/** Stands for rows that are loading. */
export function SkeletonRows<Item extends object>(props: { columns: Columns<Item>; hasSelect: boolean }) {
  return (
    <tbody>
      {Array.from({ length: SKELETON_ROWS }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <tr key={row} className="skeletonRow" aria-hidden>
          {props.hasSelect && <td className="col-select" />}
          {props.columns.map(({ id, meta }) => (
            <td key={id} className={`col-${id}`} data-align={meta?.align} data-show={meta?.show}>
              <span className="skeleton" />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
