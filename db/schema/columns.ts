/** Column types shared by every table: what PostgreSQL gives back and what it accepts. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

/** A `timestamptz` with a default of now(): read as Date, written only where the moment is not the database's. */
export type Moment = ColumnType<Date, Date | undefined, Date>;
/** A nullable `timestamptz`. */
export type MaybeMoment = ColumnType<Date | null, Date | null | undefined, Date | null>;
/** A `jsonb` document: read as the parsed value, written as JSON text. */
export type Json<T> = ColumnType<T, string, string>;
export type MaybeJson<T> = ColumnType<T | null, string | null | undefined, string | null>;
/** A nullable column that may be left out on insert. */
export type Maybe<T> = ColumnType<T | null, T | null | undefined, T | null>;
export type { Generated, GeneratedAlways };
