/** What a picture of a paper may fill into the form beforehand: readings, and for each field how far it is believed. */

/** `ID_FRONT` the portrait side of a resident identity card, `ID_BACK` the emblem side, `LICENCE` a business licence. */
export type PaperKind = 'ID_FRONT' | 'ID_BACK' | 'LICENCE';

export const FIELDS_OF = {
  ID_FRONT: ['number', 'name', 'sex', 'nation', 'birth', 'address'],
  ID_BACK: ['issuer', 'validity'],
  LICENCE: ['code', 'name', 'type', 'representative', 'capital', 'founded', 'address'],
} as const satisfies Readonly<Record<PaperKind, readonly string[]>>;

export const isPaperKind = (text: string): text is PaperKind => Object.hasOwn(FIELDS_OF, text);

/** One reading of one field. `confidence` is the reader's own, 0–100. */
export interface TextReading {
  readonly text: string;
  readonly confidence: number;
}

/** Readings by field, several of one field where it was read from several treatments of the picture. */
export type Readings = Readonly<Partial<Record<string, readonly TextReading[]>>>;

/**
 * `ACCEPTED`: proven by a check of its own and by readings that agree. `CONFIRM`: proposed, the person looks at it.
 * `MISSING`: the person types it.
 */
export type FieldState = 'ACCEPTED' | 'CONFIRM' | 'MISSING';

export interface PrefillField {
  readonly value: string | null;
  readonly state: FieldState;
  /** 0–100; 100 only for what follows from an accepted number. */
  readonly confidence: number;
}

/** Something that the person or a reviewer should know about the paper. */
export type PaperNote =
  /** The printed birth date, read twice alike, is not the number's. */
  | 'BIRTH_DIFFERS'
  | 'SEX_DIFFERS'
  | 'UNDERAGE'
  /** Today is not within the validity. */
  | 'NOT_VALID_TODAY'
  /** The validity is none that the law knows, for anybody or for somebody of this age. */
  | 'VALIDITY_IMPLAUSIBLE'
  | 'ISSUER_IMPLAUSIBLE';

export interface Prefill {
  readonly fields: Readonly<Record<string, PrefillField>>;
  readonly notes: readonly PaperNote[];
}

export const MISSING_FIELD: PrefillField = { value: null, state: 'MISSING', confidence: 0 };

const bounded = (confidence: number): number => Math.max(0, Math.min(100, Math.round(confidence)));

export const confirmed = (value: string, confidence: number): PrefillField => ({
  value,
  state: 'CONFIRM',
  confidence: bounded(confidence),
});

export const accepted = (value: string, confidence: number): PrefillField => ({
  value,
  state: 'ACCEPTED',
  confidence: bounded(confidence),
});

/** Readings of a field after `clean`, without those that it empties. */
export function cleaned(
  readings: Readings,
  field: string,
  clean: (text: string) => string | null,
): readonly TextReading[] {
  return (readings[field] ?? []).flatMap(({ text, confidence }) => {
    const value = clean(text.normalize('NFC'));
    return value === null || value === '' ? [] : [{ text: value, confidence }];
  });
}

/** The reading with most weight behind it: each counts one, its confidence, and what `bonus` adds to its text once. */
export function weightiest(
  readings: readonly TextReading[],
  bonus: (text: string) => number = () => 0,
): TextReading | null {
  const weights = new Map<string, number>();
  for (const { text, confidence } of readings) {
    weights.set(text, (weights.get(text) ?? bonus(text)) + 1 + confidence / 100);
  }
  const [best] = [...weights].sort(([, one], [, other]) => other - one);
  if (best === undefined) return null;
  const same = readings.filter(({ text }) => text === best[0]);
  return { text: best[0], confidence: Math.max(...same.map(({ confidence }) => confidence)) };
}

/** The text that at least two readings give alike and that satisfies `valid`; null when there is none or more than one. */
export function agreed(
  readings: readonly TextReading[],
  valid: (text: string) => boolean,
): TextReading | null {
  const counts = new Map<string, number>();
  for (const { text } of readings) if (valid(text)) counts.set(text, (counts.get(text) ?? 0) + 1);
  const twice = [...counts].filter(([, count]) => count >= 2);
  const [only] = twice;
  // Two different numbers that both prove themselves are no proof of either.
  if (only === undefined || counts.size > 1) return null;
  const same = readings.filter(({ text }) => text === only[0]);
  return { text: only[0], confidence: Math.max(...same.map(({ confidence }) => confidence)) };
}

/** A proposal for the person to look at; MISSING where nothing was read. */
export const proposed = (reading: TextReading | null): PrefillField =>
  reading === null ? MISSING_FIELD : confirmed(reading.text, reading.confidence);
