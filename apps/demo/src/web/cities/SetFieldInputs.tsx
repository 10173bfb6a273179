import { useRegionsOf } from '../queries.ts';

/** The values of the form of `set-fields`, as text. An empty field is not changed. */
export interface Fields {
  regionId: string;
  notes: string;
  multiplier: string;
}

export const NO_FIELDS: Fields = { regionId: '', notes: '', multiplier: '' };

export const toSet = ({ regionId, notes, multiplier }: Fields) => ({
  ...(regionId && { regionId }),
  ...(notes && { notes }),
  ...(multiplier && { populationMultiplier: Number(multiplier) }),
});

export function SetFieldInputs(props: {
  fields: Fields;
  countryId: string | undefined;
  onChange: (fields: Fields) => void;
}) {
  const { fields, countryId, onChange } = props;
  const regions = useRegionsOf(countryId);
  return (
    <div className="formGrid">
      <label className="field">
        <span className="field-label">Region</span>
        <select
          value={fields.regionId}
          disabled={!countryId}
          onChange={(event) => onChange({ ...fields, regionId: event.target.value })}
        >
          <option value="">{countryId ? 'Leave as it is' : 'Filter by one country first'}</option>
          {regions.data?.map(({ id, largestCity }) => (
            <option key={id} value={id}>
              {id} {largestCity && `(${largestCity})`}
            </option>
          ))}
        </select>
      </label>
      <label className="field">
        <span className="field-label">Multiply population by</span>
        <input
          type="number"
          min="0.01"
          max="100"
          step="any"
          placeholder="Leave as it is"
          value={fields.multiplier}
          onChange={(event) => onChange({ ...fields, multiplier: event.target.value })}
        />
      </label>
      <label className="field" data-span="2">
        <span className="field-label">Notes</span>
        <textarea
          rows={3}
          maxLength={2_000}
          placeholder="Leave as they are"
          value={fields.notes}
          onChange={(event) => onChange({ ...fields, notes: event.target.value })}
        />
      </label>
    </div>
  );
}
