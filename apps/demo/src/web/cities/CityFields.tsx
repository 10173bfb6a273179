import { type ReactNode, useId } from 'react';
import { useRegionsOf } from '../queries.ts';
import { type Draft, editedFields, type Field } from './draft.ts';

export interface CityFieldsProps {
  draft: Draft;
  countryId: string;
  isReadOnly: boolean;
  errors: Partial<Record<Field, string>>;
  onType: (field: Field, value: string) => void;
}

export function CityFields({ draft, countryId, isReadOnly, errors, onType }: CityFieldsProps) {
  const regions = useRegionsOf(countryId);
  const edited = new Set(editedFields(draft));
  const { values } = draft;
  const frame = (field: Field) => ({ error: errors[field], isEdited: edited.has(field) });
  const input = (field: Field) => ({
    name: field,
    value: values[field],
    readOnly: isReadOnly,
    'aria-invalid': errors[field] !== undefined || undefined,
    onChange: (event: { target: { value: string } }) => onType(field, event.target.value),
  });
  return (
    <div className="formGrid">
      <FieldFrame label="Name" span {...frame('name')}>
        {(ids) => <input {...input('name')} {...ids} maxLength={200} autoComplete="off" />}
      </FieldFrame>
      <FieldFrame label="Region" span {...frame('regionId')}>
        {(ids) => (
          <select
            {...ids}
            name="regionId"
            value={values.regionId}
            disabled={isReadOnly}
            onChange={(event) => onType('regionId', event.target.value)}
          >
            <option value="">None</option>
            {values.regionId && !regions.data && <option value={values.regionId}>{values.regionId}</option>}
            {regions.data?.map(({ id, largestCity }) => (
              <option key={id} value={id}>
                {id} {largestCity && `(${largestCity})`}
              </option>
            ))}
          </select>
        )}
      </FieldFrame>
      <FieldFrame label="Population" span {...frame('population')}>
        {(ids) => <input {...input('population')} {...ids} inputMode="numeric" autoComplete="off" />}
      </FieldFrame>
      <FieldFrame label="Latitude" {...frame('lat')}>
        {(ids) => <input {...input('lat')} {...ids} inputMode="decimal" autoComplete="off" />}
      </FieldFrame>
      <FieldFrame label="Longitude" {...frame('lon')}>
        {(ids) => <input {...input('lon')} {...ids} inputMode="decimal" autoComplete="off" />}
      </FieldFrame>
      <FieldFrame label="Notes" span {...frame('notes')}>
        {(ids) => <textarea {...input('notes')} {...ids} rows={4} maxLength={2_000} />}
      </FieldFrame>
    </div>
  );
}

interface FieldFrameProps {
  label: string;
  error: string | undefined;
  isEdited: boolean;
  span?: boolean;
  children: (ids: { id: string; 'aria-describedby': string | undefined }) => ReactNode;
}

function FieldFrame({ label, error, isEdited, span, children }: FieldFrameProps) {
  const id = useId();
  return (
    <div className="field" data-span={span ? 2 : undefined} data-edited={isEdited || undefined}>
      <div className="field-label">
        <label htmlFor={id}>{label}</label>
        {isEdited && <span className="field-edited"> edited</span>}
      </div>
      {children({ id, 'aria-describedby': error ? `${id}-error` : undefined })}
      {error && (
        <span className="field-error" id={`${id}-error`}>
          {error}
        </span>
      )}
    </div>
  );
}
