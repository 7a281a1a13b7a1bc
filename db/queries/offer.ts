/** Reads and writes of the offer chapter. */
import { randomUUID } from 'node:crypto';
import type { Fen } from '../../domain/money.ts';
import type { Offer } from '../../domain/offer.ts';
import type { Queryable, Tx } from '../database.ts';
import type { OfferRow } from '../schema/papers.ts';

export interface NewOffer {
  readonly applicationId: string;
  readonly round: number;
  readonly productCode: string;
  readonly productVersion: number;
  readonly offer: Offer;
  /** The policy row that capped the price: rule, version, measure and value. */
  readonly capRule: unknown;
  readonly validUntil: Date;
}

/** Stores the offer of a round; the first stands. */
export async function storeOffer(tx: Tx, { offer, ...row }: NewOffer): Promise<void> {
  await tx
    .insertInto('offers')
    .values({
      id: randomUUID(),
      application_id: row.applicationId,
      round: row.round,
      product_code: row.productCode,
      product_version: row.productVersion,
      amount_fen: offer.amountFen,
      term_months: offer.termMonths,
      method: offer.method,
      annual_rate: offer.annualRate,
      annualised_simple: offer.schedule.annualised.simple,
      annualised_compound: offer.schedule.annualised.compound,
      schedule: JSON.stringify(offer),
      cap_rule: JSON.stringify(row.capRule),
      state: 'OPEN',
      valid_until: row.validUntil,
    })
    .onConflict((oc) => oc.columns(['application_id', 'round']).doNothing())
    .execute();
}

export interface StoredOffer {
  readonly id: string;
  readonly applicationId: string;
  readonly state: OfferRow['state'];
  readonly amountFen: Fen;
  readonly offer: Offer;
}

/** The newest offer of an application, or undefined. */
export async function latestOffer(
  db: Queryable,
  applicationId: string,
): Promise<StoredOffer | undefined> {
  const row = await db
    .selectFrom('offers')
    .select([
      'id',
      'application_id as applicationId',
      'state',
      'amount_fen as amountFen',
      'schedule',
    ])
    .where('application_id', '=', applicationId)
    .orderBy('round', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { schedule, ...rest } = row;
  // `storeOffer` wrote the whole offer there; nobody else writes the column.
  return { ...rest, offer: schedule as Offer };
}

/** Closes an open offer; false when it was not open. */
export async function closeOffer(
  tx: Tx,
  offerId: string,
  state: 'ACCEPTED' | 'DECLINED' | 'EXPIRED' | 'CANCELLED',
  at: Date,
): Promise<boolean> {
  const closed = await tx
    .updateTable('offers')
    .set({ state, answered_at: at })
    .where('id', '=', offerId)
    .where('state', '=', 'OPEN')
    .executeTakeFirst();
  return closed.numUpdatedRows === 1n;
}

/** Takes back whatever offer of the application is open or accepted. */
export async function cancelOffers(tx: Tx, applicationId: string, at: Date): Promise<void> {
  await tx
    .updateTable('offers')
    .set({ state: 'CANCELLED', answered_at: at })
    .where('application_id', '=', applicationId)
    .where('state', 'in', ['OPEN', 'ACCEPTED'])
    .execute();
}
