import { recordKey } from '@rowlock/protocol';
import { ConflictModal, ConnectionStatus, LockBadge, useTaskLock } from '@rowlock/react';
import { useState } from 'react';
import { cityName } from '../sampleRows.ts';

const IDS = [0, 1, 2, 3, 4];

/** A list of cities and the form of one: reading locks nothing, *Edit* locks the row. */
export function EditPage() {
  const [openId, open] = useState<number>();
  return (
    <>
      <ConnectionStatus />
      <table className="story-table">
        <thead>
          <tr>
            <th scope="col">City</th>
            <th scope="col">Who</th>
          </tr>
        </thead>
        <tbody>
          {IDS.map((id) => (
            <tr key={id}>
              <td>
                <button
                  type="button"
                  className="rowlock-button"
                  data-variant="quiet"
                  onClick={() => open(id)}
                >
                  {cityName(recordKey('cities', id))}
                </button>
              </td>
              <td>
                <LockBadge record={recordKey('cities', id)} size="full" />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {openId !== undefined && <CityForm key={openId} id={openId} />}
    </>
  );
}

function CityForm({ id }: { id: number }) {
  const name = cityName(recordKey('cities', id));
  const [isEditing, setEditing] = useState(false);
  const lock = useTaskLock([id], { resource: 'cities', label: `Edit ${name}`, hold: isEditing });
  return (
    <form className="story-form" onSubmit={(event) => event.preventDefault()}>
      <label>
        Notes on {name} <input readOnly={!lock.isHeld} defaultValue="" />
      </label>
      <button type="button" className="rowlock-button" onClick={() => setEditing(!isEditing)}>
        {isEditing ? 'Stop editing' : 'Edit'}
      </button>
      <ConflictModal lock={lock} recordLabel={cityName} />
    </form>
  );
}
