/**
 * Searches what the Temporal server stores for anything personal: every persona's name, numbers, telephone and card, in
 * every form in which text usually hides in bytes.
 */

import type { Payload, PayloadCodec } from '@temporalio/common';

/** What must not be found of one person, by what it is: `name`, `idNumber`, `mobile`, `card` and the like. */
export interface Secrets {
  /** The persona's key, for the finding; it is no secret. */
  readonly persona: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface Finding {
  readonly persona: string;
  /** Which value was found; never the value itself. */
  readonly what: string;
  /** In which form. */
  readonly form: string;
  /** Byte in the history where it begins. */
  readonly at: number;
}

/** Anything with the stored bytes: tests/support/raw-history.ts reads it from the server. */
export interface StoredBytes {
  readonly bytes: Uint8Array;
}

type Form = readonly [name: string, needle: Buffer];

/** Base64 of a text inside a longer one: the digits that do not depend on what stands before and behind it. */
function base64Cores(utf8: Buffer, encoding: 'base64' | 'base64url'): Buffer[] {
  return [0, 1, 2].map((offset) => {
    const shifted = Buffer.concat([Buffer.alloc(offset), utf8])
      .toString(encoding)
      .replace(/=+$/, '');
    const first = Math.ceil((offset * 8) / 6);
    const last = Math.floor(((offset + utf8.length) * 8) / 6);
    return Buffer.from(shifted.slice(first, last), 'ascii');
  });
}

/** `\u5f20` for every character beyond ASCII, as some JSON writers do. */
function jsonEscaped(text: string): string {
  return text
    .split('')
    .map((unit) =>
      unit.charCodeAt(0) < 0x80 ? unit : `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .join('');
}

const fullWidth = (text: string): string =>
  text.replaceAll(/[!-~]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0));

/** The forms of a text that are looked for, without those that are the same bytes. */
function formsOf(text: string): readonly Form[] {
  const utf8 = Buffer.from(text, 'utf8');
  const utf16 = Buffer.from(text, 'utf16le');
  const forms: Form[] = [
    ['UTF-8', utf8],
    ['UTF-16LE', utf16],
    ['UTF-16BE', Buffer.from(utf16).swap16()],
    ['JSON escapes', Buffer.from(jsonEscaped(text), 'ascii')],
    ['percent-encoding', Buffer.from(encodeURIComponent(text), 'ascii')],
    ['hexadecimal', Buffer.from(utf8.toString('hex'), 'ascii')],
    ['HEXADECIMAL', Buffer.from(utf8.toString('hex').toUpperCase(), 'ascii')],
    ['full-width', Buffer.from(fullWidth(text), 'utf8')],
    ['reversed', Buffer.from(Array.from(text).reverse().join(''), 'utf8')],
    ...(['base64', 'base64url'] as const).flatMap((encoding) =>
      base64Cores(utf8, encoding).map((core): Form => [encoding, core]),
    ),
  ];
  const seen = new Set<string>();
  return forms.filter(([, needle]) => {
    const hex = needle.toString('hex');
    if (needle.length < 4 || seen.has(hex)) return false;
    seen.add(hex);
    return true;
  });
}

/** Everything of these people that the stored bytes give away, or nothing. */
export function findPersonal(history: StoredBytes, people: readonly Secrets[]): readonly Finding[] {
  const bytes = Buffer.from(history.bytes);
  return people.flatMap(({ persona, values }) =>
    Object.entries(values).flatMap(([what, text]) =>
      formsOf(text).flatMap(([form, needle]) => {
        const at = bytes.indexOf(needle);
        return at < 0 ? [] : [{ persona, what, form, at }];
      }),
    ),
  );
}

/** Where payloads may stand in a history, whatever the event. */
function payloadsIn(value: unknown): readonly Payload[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if ('metadata' in value && 'data' in value) return [value as Payload];
  return Object.values(value).flatMap(payloadsIn);
}

/**
 * What a payload reader sees of a history in the Temporal UI: every payload of every event, opened. `sealed` is how many of
 * them were sealed.
 */
export async function openedPayloads(
  { events }: { readonly events: readonly unknown[] },
  codec: PayloadCodec,
): Promise<StoredBytes & { readonly sealed: number }> {
  const stored = payloadsIn(events);
  const opened = await codec.decode([...stored]);
  const bytes = Buffer.concat(
    opened.flatMap(({ data, metadata }) => [
      Buffer.from(data ?? []),
      ...Object.values(metadata ?? {}).map((one) => Buffer.from(one)),
      Buffer.from([0]),
    ]),
  );
  return { bytes, sealed: opened.filter((one, n) => one !== stored[n]).length };
}

/** The values of a persona of the sandbox that nobody may find, the people they name as contacts among them. */
export function secretsOf(
  persona: string,
  application: {
    readonly identity: {
      readonly name: string;
      readonly idNumber: string;
      readonly mobile: string;
      readonly address: string;
    };
    readonly loan: {
      readonly bankCardNumber: string;
      readonly contacts: readonly { readonly name: string; readonly mobile: string }[];
    };
  },
): Secrets {
  const { identity, loan } = application;
  const contacts = loan.contacts.flatMap(({ name, mobile }, n) => [
    [`contact ${n + 1} name`, name],
    [`contact ${n + 1} mobile`, mobile],
  ]);
  return {
    persona,
    values: {
      name: identity.name,
      idNumber: identity.idNumber,
      'idNumber tail': identity.idNumber.slice(-8),
      mobile: identity.mobile,
      address: identity.address,
      card: loan.bankCardNumber,
      ...Object.fromEntries(contacts),
    },
  };
}
