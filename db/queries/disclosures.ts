/** Cost disclosures as they were shown and confirmed: reads and writes. */
import type { Queryable, Tx } from '../database.ts';

export interface NewShowing {
  readonly id: string;
  readonly contractId: string;
  readonly formSm3: string;
  readonly minReadSeconds: number;
  readonly shownTo: string;
  readonly shownAt: Date;
  /** Device and address it was shown on, sealed. */
  readonly sealedOrigin: Buffer;
}

/** Keeps that a form was shown; the same id twice is one showing. False when it was there. */
export async function keepShowing(tx: Tx, showing: NewShowing): Promise<boolean> {
  const kept = await tx
    .insertInto('disclosure_showings')
    .values({
      id: showing.id,
      contract_id: showing.contractId,
      form_sm3: showing.formSm3,
      min_read_seconds: showing.minReadSeconds,
      shown_to: showing.shownTo,
      shown_at: showing.shownAt,
      sealed_origin: showing.sealedOrigin,
    })
    .onConflict((oc) => oc.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return kept !== undefined;
}

/** One showing with its confirmation and the owner of its application, or undefined. */
export async function readShowing(db: Queryable, id: string) {
  return await db
    .selectFrom('disclosure_showings as s')
    .innerJoin('contracts as c', 'c.id', 's.contract_id')
    .innerJoin('applications as a', 'a.id', 'c.application_id')
    .leftJoin('disclosure_confirmations as d', 'd.showing_id', 's.id')
    .select([
      's.id',
      's.contract_id',
      's.form_sm3',
      's.min_read_seconds',
      's.shown_to',
      's.shown_at',
    ])
    .select(['d.confirmed_at', 'd.dwell_ms', 'c.application_id', 'c.state', 'a.owner_subject'])
    .where('s.id', '=', id)
    .executeTakeFirst();
}

export interface NewConfirmation {
  readonly showingId: string;
  readonly contractId: string;
  readonly formSm3: string;
  readonly confirmedBy: string;
  readonly confirmedAt: Date;
  readonly dwellMs: number;
  readonly sealedOrigin: Buffer;
}

/** Keeps that a form was read to its end and confirmed; once per showing. False when it was. */
export async function keepConfirmation(tx: Tx, one: NewConfirmation): Promise<boolean> {
  const kept = await tx
    .insertInto('disclosure_confirmations')
    .values({
      showing_id: one.showingId,
      contract_id: one.contractId,
      form_sm3: one.formSm3,
      confirmed_by: one.confirmedBy,
      confirmed_at: one.confirmedAt,
      dwell_ms: one.dwellMs,
      scrolled_to_end: true,
      sealed_origin: one.sealedOrigin,
    })
    .onConflict((oc) => oc.column('showing_id').doNothing())
    .returning('showing_id')
    .executeTakeFirst();
  return kept !== undefined;
}

/** When the form of the contract was confirmed first, or undefined: another form than the contract's own does not count. */
export async function confirmedDisclosure(
  db: Queryable,
  contractId: string,
): Promise<{ readonly confirmedAt: Date; readonly formSm3: string } | undefined> {
  return await db
    .selectFrom('disclosure_confirmations as d')
    .innerJoin('contracts as c', (join) =>
      join.onRef('c.id', '=', 'd.contract_id').onRef('c.disclosure_sm3', '=', 'd.form_sm3'),
    )
    .select(['d.confirmed_at as confirmedAt', 'd.form_sm3 as formSm3'])
    .where('d.contract_id', '=', contractId)
    .orderBy('d.confirmed_at')
    .limit(1)
    .executeTakeFirst();
}
