/**
 * A record's key on the wire: `<resource>/<id>`, for example `cities/2988507`.
 *
 * The resource is a lower-case word. The id is any printable text of 1 to 128 characters in Unicode's normal form C.
 * `recordKey` converts ids to that form; every other function refuses another form. On the wire ids are strings. A client
 * that works with numbers converts them back itself (see `idOf`).
 */
export type RecordKey = `${string}/${string}`;

/** An id as an application has it. On the wire it is always a string. */
export type RecordId = string | number;

export const MAX_ID_LENGTH = 128;

const RESOURCE = /^[a-z][a-z0-9_-]{0,63}$/;
// Control characters separate ids in packed form. `*` alone means "the whole resource".
// biome-ignore lint/suspicious/noControlCharactersInRegex: this expression refuses control characters
const ID = /^(?!\*$)[^\u0000-\u001f\u007f-\u009f]{1,128}$/;
const PRINTABLE_ASCII = /^[\u0020-\u007e]*$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Only the form NFC is allowed, because "é" as one character and as two would be two records. Half a character is refused. */
const isInNormalForm = (text: string): boolean =>
  PRINTABLE_ASCII.test(text) || (text.normalize('NFC') === text && !LONE_SURROGATE.test(text));

export const isResource = (value: unknown): value is string =>
  typeof value === 'string' && RESOURCE.test(value);

export const isRecordKey = (value: unknown): value is RecordKey => {
  if (typeof value !== 'string') return false;
  const slash = value.indexOf('/');
  const id = value.slice(slash + 1);
  return slash > 0 && RESOURCE.test(value.slice(0, slash)) && ID.test(id) && isInNormalForm(id);
};

/** The given value is not a record's id. */
export class RecordKeyError extends TypeError {
  override name = 'RecordKeyError';
}

/**
 * The key of one record. Only strings and finite numbers are ids: with `undefined` or `NaN`, all screens without an id would
 * share one "record". @throws {RecordKeyError} that names the malformed id; {TypeError} that names the resource
 */
export function recordKey(resource: string, id: RecordId): RecordKey {
  assertResource(resource);
  if (typeof id !== 'string' && !Number.isFinite(id)) throw new RecordKeyError(notAnId(resource, id));
  const key = `${resource}/${String(id).normalize('NFC')}` as const;
  if (!isRecordKey(key)) throw new RecordKeyError(malformed(key));
  return key;
}

/** The key that locks all records of a resource: `cities/*`. It is not the key of a record. @throws {TypeError} */
export function wholeResource(resource: string): RecordKey {
  assertResource(resource);
  return `${resource}/*`;
}

/** @throws {TypeError} that names the value */
function assertResource(resource: unknown): void {
  if (isResource(resource)) return;
  throw new TypeError(
    `${inWords(resource)} is not a resource. A resource is a lower-case word of at most 64 letters, digits, "_" and "-" ` +
      'that begins with a letter, for example "cities".',
  );
}

/** Whether a key can be locked: that of a record, or of a whole resource. */
export const isLockable = (value: unknown): value is RecordKey =>
  isRecordKey(value) || (typeof value === 'string' && value.endsWith('/*') && isResource(value.slice(0, -2)));

export const resourceOf = (key: RecordKey): string => key.slice(0, key.indexOf('/'));
export const idOf = (key: RecordKey): string => key.slice(key.indexOf('/') + 1);

const notAnId = (resource: string, id: unknown): string =>
  `${inWords(id)} is not an id of "${resource}". An id is a string of 1 to 128 printable characters or a finite number. ` +
  'A record that does not exist yet has no id and cannot be locked.';

function inWords(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80));
  if (typeof value === 'function') return 'A function';
  return typeof value === 'object' && value !== null ? Object.prototype.toString.call(value) : String(value);
}

/** The message for a malformed key. It explains the fault and the right form, and shortens long input. */
export const malformed = (key: unknown): string =>
  typeof key === 'string' && key.length < 500 && isRecordKey(key.normalize('NFC'))
    ? inOtherForm(key)
    : noKey(key);

const inOtherForm = (key: string): string =>
  `${JSON.stringify(key.slice(0, 80))} is written in another Unicode form than NFC, so it would be a second key of the same record. ` +
  'Make keys with recordKey(resource, id), or call .normalize("NFC") on the id.';

/** An object from a client may have a `toString` that is no function. */
const noKey = (key: unknown): string =>
  `${inWords(key)} is not a record key. A record key is "<resource>/<id>", ` +
  'for example "cities/2988507": a lower-case resource, a slash, and an id of 1 to 128 printable characters.';
