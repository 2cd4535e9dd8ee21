import { encoders, unitsOf } from './unit-reader.ts';

/** How a form's characters are compared, and those of the text with them. */
export type FormKind = 'plain' | 'hex' | 'base64';

/** A secret as it may stand in a text, once that is decoded. */
export interface SecretForm {
  readonly kind: FormKind;
  readonly units: readonly number[];
  /** Of base64: whether the characters before and after it carry some of the secret's bits. */
  readonly sharedBefore: boolean;
  readonly sharedAfter: boolean;
}

/** A secret as it is, in hex, and in base64 at the three places that it can have among other bytes. */
export function formsOf(secret: string): readonly SecretForm[] {
  const whole = (kind: FormKind, units: readonly number[]): SecretForm => ({
    kind,
    units: units.map((unit) => comparable[kind](unit)),
    sharedBefore: false,
    sharedAfter: false,
  });
  const bytes = Buffer.from(secret, 'utf8');
  return [
    ...readings(secret).map((units) => whole('plain', units)),
    whole('hex', unitsOf(bytes.toString('hex'))),
    ...[0, 1, 2].map((before) => base64At(bytes, before)),
  ];
}

/** A secret with `%`, `\` or `&` in it is read in one way where these stand for themselves, and in another where they were encoded. */
function readings(secret: string): readonly (readonly number[])[] {
  const parts = [...encoders].filter((character) => secret.includes(character));
  const choices = Array.from({ length: 1 << parts.length }, (_, bits) =>
    parts.filter((_part, index) => (bits & (1 << index)) !== 0).join(''),
  );
  const found = new Map(
    choices.map((literal) => unitsOf(secret, literal)).map((units) => [units.join(' '), units]),
  );
  return [...found.values()];
}

/** Encoded with 0, 1 and 2 unknown bytes in front: the characters that stay the same whatever those bytes and the following ones are. */
function base64At(bytes: Buffer, before: number): SecretForm {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const sharedAfter = (before + bytes.length) % 3 !== 0;
  const text = encoded.slice(before === 0 ? 0 : before + 1, sharedAfter ? -1 : undefined);
  return {
    kind: 'base64',
    units: Array.from(text, (character) => character.charCodeAt(0)),
    sharedBefore: before !== 0,
    sharedAfter,
  };
}

const [space, plus, minus, slash, underscore] = [0x20, 0x2b, 0x2d, 0x2f, 0x5f];

/** Forms encode a space as +, url-safe base64 has - and _, hex has letters of either case. */
export const comparable: Readonly<Record<FormKind, (unit: number) => number>> = {
  plain: (unit) => (unit === space ? plus : unit),
  hex: lowerCase,
  base64: (unit) => (unit === minus ? plus : unit === underscore ? slash : unit),
};

/** Alike for every kind of comparison: what is equal by one of them is equal by this. */
export function likeness(unit: number): number {
  return lowerCase(comparable.base64(comparable.plain(unit))) & 0xff;
}

function lowerCase(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit | 0x20 : unit;
}
