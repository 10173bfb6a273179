import { type ReactNode, useId } from 'react';
import { useRegionsOf } from '../queries.ts';
import { type CityField, type CityForm, FIELD_LABELS, type FieldErrors } from './cityForm.ts';

export interface CityFieldsProps {
  form: CityForm;
  edited: readonly CityField[];
  countryId: string;
  isReadOnly: boolean;
  errors: FieldErrors;
  onType: (field: CityField, value: string) => void;
}

export function CityFields({ form, edited, countryId, isReadOnly, errors, onType }: CityFieldsProps) {
  const regions = useRegionsOf(countryId);
  const frame = (field: CityField) => ({
    label: FIELD_LABELS[field],
    error: errors[field],
    isEdited: edited.includes(field),
  });
  const input = (field: CityField) => ({
    name: field,
    value: form[field],
    readOnly: isReadOnly,
    'aria-invalid': errors[field] !== undefined || undefined,
    onChange: (event: { target: { value: string } }) => onType(field, event.target.value),
  });
  return (
    <div className="formGrid">
      <FieldFrame span {...frame('name')}>
        {(ids) => <input {...input('name')} {...ids} maxLength={200} autoComplete="off" />}
      </FieldFrame>
      <FieldFrame span {...frame('regionId')}>
        {(ids) => (
          <select
            {...ids}
            name="regionId"
            value={form.regionId}
            disabled={isReadOnly}
            onChange={(event) => onType('regionId', event.target.value)}
          >
            <option value="">None</option>
            {form.regionId && !regions.data && <option value={form.regionId}>{form.regionId}</option>}
            {regions.data?.map(({ id, largestCity }) => (
              <option key={id} value={id}>
                {id} {largestCity && `(${largestCity})`}
              </option>
            ))}
          </select>
        )}
      </FieldFrame>
      <FieldFrame span {...frame('population')}>
        {(ids) => <input {...input('population')} {...ids} inputMode="numeric" autoComplete="off" />}
      </FieldFrame>
      <FieldFrame {...frame('lat')}>
        {(ids) => <input {...input('lat')} {...ids} inputMode="decimal" autoComplete="off" />}
      </FieldFrame>
      <FieldFrame {...frame('lon')}>
        {(ids) => <input {...input('lon')} {...ids} inputMode="decimal" autoComplete="off" />}
      </FieldFrame>
      <FieldFrame span {...frame('notes')}>
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
