/**
 * Forms of what bureaus send: each field is written down once, as a check from which its type follows. A form refuses
 * with the path of the first misfit and never with a value; elements it does not know are let through unread, because a
 * bureau may add some.
 */
import { isIsoDate } from './calendar.ts';

export interface Form<T> {
  /** The path of the first misfit, or null when the value fits. */
  readonly misfit: (value: unknown, path: string) => string | null;
  /** Never set: it carries the type. */
  readonly fitting?: T;
}

/** The type of what fits a form. */
export type Fitting<F> = F extends Form<infer T> ? T : never;

const when = <T>(holds: (value: unknown) => boolean): Form<T> => ({
  misfit: (value, path) => (holds(value) ? null : path),
});

const isText = (value: unknown): value is string => typeof value === 'string';
const isCount = (value: unknown, most: number): boolean =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= most;

const MOST_TEXT = 500;
/** More entries than any life has: a longer list is no report. */
const MOST_ENTRIES = 2_000;
/** Ten billion yuan: so many of the longest list still add up to fen that a number holds exactly. */
const MOST_YUAN = 10_000_000_000;
const MOST_COUNT = 100_000;

export const text: Form<string> = when((v) => isText(v) && v.length <= MOST_TEXT);
/** Text that says something. */
export const name: Form<string> = when(
  (v) => isText(v) && v.trim().length > 0 && v.length <= MOST_TEXT,
);
/** A number of things. */
export const count: Form<number> = when((v) => isCount(v, MOST_COUNT));
/** Whole yuan, never negative. */
export const yuan: Form<number> = when((v) => isCount(v, MOST_YUAN));
/** `YYYY-MM-DD`. */
export const date: Form<string> = when((v) => isText(v) && isIsoDate(v));
/** `YYYY-MM`. */
export const month: Form<string> = when((v) => isText(v) && isIsoDate(`${v}-01`));
/** `YYYY-MM-DDTHH:mm:ss`, local time in Shanghai. */
export const localTime: Form<string> = when(
  (v) =>
    isText(v) &&
    /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(v) &&
    isIsoDate(v.slice(0, 10)),
);

/** A whole number within bounds. */
export const within = (least: number, most: number): Form<number> =>
  when((v) => isCount(v, most) && typeof v === 'number' && v >= least);

/** A code of a table. */
export const codeOf = <C extends string>(table: Readonly<Record<C, unknown>>): Form<C> =>
  when((v) => isText(v) && Object.hasOwn(table, v));

export const among = <C extends string>(values: readonly C[]): Form<C> =>
  when((v) => isText(v) && values.some((one) => one === v));

/** Exactly `length` characters, each of `alphabet`. */
export const lettersOf = (alphabet: string, length: number): Form<string> =>
  when((v) => isText(v) && v.length === length && Array.from(v).every((c) => alphabet.includes(c)));

export const nullable = <T>(form: Form<T>): Form<T | null> => ({
  misfit: (value, path) => (value === null ? null : form.misfit(value, path)),
});

export const list = <T>(form: Form<T>, most = MOST_ENTRIES): Form<readonly T[]> => ({
  misfit: (value, path) => {
    if (!Array.isArray(value) || value.length > most) return path;
    for (const [i, item] of value.entries()) {
      const misfit = form.misfit(item, `${path}/${i}`);
      if (misfit !== null) return misfit;
    }
    return null;
  },
});

type Fields = Readonly<Record<string, Form<unknown>>>;
type FieldsOf<F extends Fields> = { readonly [K in keyof F]: Fitting<F[K]> };

/** An object with these elements; none may be left out. */
export const section = <F extends Fields>(fields: F): Form<FieldsOf<F>> => ({
  misfit: (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return path;
    const entries = new Map<string, unknown>(Object.entries(value));
    for (const [element, form] of Object.entries(fields)) {
      const misfit = form.misfit(entries.get(element), `${path}/${element}`);
      if (misfit !== null) return misfit;
    }
    return null;
  },
});

/** Whether a value fits the form, as its type says then. */
export function fits<T>(form: Form<T>, value: unknown): value is T {
  return form.misfit(value, '') === null;
}
