/** Schemas of any library that implements Standard Schema, such as zod, valibot or arktype. */
import type { StandardSchemaV1 } from '@standard-schema/spec';

export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>;
/** A value as the schema accepts it */
export type InputOf<S extends Schema> = StandardSchemaV1.InferInput<S>;
/** A value as the schema returns it */
export type OutputOf<S extends Schema> = StandardSchemaV1.InferOutput<S>;

export type Parsed<Output = unknown> =
  | { ok: true; value: Output }
  /** `issue`: the first problem in words, and where it is: ` at "records.0": …` */
  | { ok: false; issue: string };

/** A schema may work synchronously or asynchronously. Rejects if the schema throws. */
export async function parseWith<S extends Schema>(schema: S, value: unknown): Promise<Parsed<OutputOf<S>>> {
  const result = await schema['~standard'].validate(value);
  if (result.issues) return { ok: false, issue: describeIssue(result.issues) };
  return { ok: true, value: result.value as OutputOf<S> };
}

/** Some libraries have schemas that are functions. */
export function isSchema(value: unknown): value is Schema {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const standard = (value as Partial<Schema>)['~standard'];
  return typeof standard?.validate === 'function';
}

function describeIssue([issue]: readonly StandardSchemaV1.Issue[]): string {
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  const where = path.length > 0 ? ` at "${path.join('.')}"` : '';
  return `${where}: ${issue?.message ?? 'the schema gives no reason'}`;
}
