import { type ComponentPropsWithoutRef, useId } from 'react';
import type { Side } from '../../core/draft/edits.ts';
import { useTexts } from '../../hooks/contexts.ts';
import { staleTexts } from '../../messages/staleTexts.ts';
import { joinClassName } from '../className.ts';
import { flag } from '../flag.ts';
import { staleValueAttributes as attributes } from './dataAttributes.ts';
import { getTextChange, type TextPart } from './textChange.ts';
import type { StaleField } from './useStaleNotice.ts';

export interface StaleNoticeFieldsProps extends Omit<ComponentPropsWithoutRef<'div'>, 'children'> {
  /** Of `useStaleNotice` */
  fields: readonly StaleField[];
}

/** A part of `<StaleNotice>`: the fields that both have changed, with both values and a choice each. */
export function StaleNoticeFields({ fields, className, ...rest }: StaleNoticeFieldsProps) {
  return (
    <div {...rest} className={joinClassName('rowlock-stale-fields', className, {})}>
      {fields.map((field) => (
        <Field key={field.field} field={field} />
      ))}
    </div>
  );
}

function Field({ field }: { field: StaleField }) {
  const texts = useTexts(staleTexts);
  const id = useId();
  const shared = { group: id, field };
  return (
    <fieldset className="rowlock-stale-field">
      <legend className="rowlock-stale-label">
        <bdi>{field.label}</bdi>
      </legend>
      <Value {...shared} side="theirs" label={texts.theirValue()} />
      <Value {...shared} side="mine" label={texts.myValue()} />
    </fieldset>
  );
}

interface ValueProps {
  group: string;
  field: StaleField;
  side: Side;
  label: string;
}

function Value({ group, field, side, label }: ValueProps) {
  const isChosen = field.choice === side;
  const value = field[side];
  const change = getTextChange(field.base, value);
  return (
    <label
      className="rowlock-stale-value"
      {...{ [attributes.side]: side, [attributes.chosen]: flag(isChosen) }}
    >
      <input
        type="radio"
        className="rowlock-stale-radio"
        name={group}
        // No field of the form around it: it is neither sent nor reset with it.
        form={`${group}-none`}
        checked={isChosen}
        onChange={() => field.choose(side)}
      />
      <span className="rowlock-stale-side">{label}</span>
      <bdi className="rowlock-stale-text">
        {change ? change.map((part) => <Part key={part.at} {...part} />) : value}
      </bdi>
    </label>
  );
}

function Part({ text, kind }: TextPart) {
  if (kind === 'added') return <ins>{text}</ins>;
  return kind === 'removed' ? <del>{text}</del> : text;
}
