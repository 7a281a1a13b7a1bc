/** Faults of a document that people write: what is wrong, where, in both languages. */

/** One fault. `path` names the place as `knockouts[3].when`, empty for the document as a whole. */
export interface Fault {
  readonly path: string;
  /** Stable code, e.g. `UNKNOWN_VARIABLE`. */
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

/** What parsing such a document gives: the document with its type, or every fault that was found. */
export type Parsed<K extends string, T> =
  | ({ readonly ok: true } & { readonly [key in K]: T })
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Most faults that are reported: an editor shows them all, and a broken document of megabytes makes no more of them. */
export const MOST_FAULTS = 100;

export function fault(path: string, code: string, zh: string, en: string): Fault {
  return { path, code, zh, en };
}

/** The path of a member: `at('limits', 'A')` is `limits.A`, `at('knockouts', 3)` is `knockouts[3]`. */
export function at(path: string, member: string | number): string {
  if (typeof member === 'number') return `${path}[${member}]`;
  return path === '' ? member : `${path}.${member}`;
}
