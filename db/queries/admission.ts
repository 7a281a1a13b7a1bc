/** Writes what the admission of an application fixes: its pinned rules and the links by which fraud is seen. */
import { sql } from 'kysely';
import type { Fen } from '../../domain/money.ts';
import type { Tx } from '../database.ts';
import type { PinnedVersions } from '../schema/apply.ts';
import type { LinkKind } from '../schema/evidence.ts';

export interface Admission {
  readonly applicationId: string;
  readonly pinned: PinnedVersions;
  readonly amountFen: Fen;
  readonly termMonths: number;
}

/** Pins the rules and the request on the application. */
export async function writeAdmission(tx: Tx, admission: Admission): Promise<void> {
  await tx
    .updateTable('applications')
    .set({
      product_code: admission.pinned.product.code,
      pinned: JSON.stringify(admission.pinned),
      amount_fen: admission.amountFen,
      term_months: admission.termMonths,
      submitted_at: sql<Date>`now()`,
    })
    .where('id', '=', admission.applicationId)
    .execute();
}

export interface Link {
  readonly kind: LinkKind;
  readonly valueIndex: Buffer;
}

/** Links the application to the device, numbers and places it shares with others. */
export async function writeFraudLinks(
  tx: Tx,
  applicationId: string,
  applicantId: string,
  links: readonly Link[],
): Promise<void> {
  if (links.length === 0) return;
  await tx
    .insertInto('fraud_links')
    .values(
      links.map((link) => ({
        application_id: applicationId,
        applicant_id: applicantId,
        kind: link.kind,
        value_index: link.valueIndex,
      })),
    )
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** Drafts nobody has touched for longer than the policy allows. */
export async function idleDrafts(
  tx: Tx,
  limits: { readonly remindBefore: Date; readonly lapseBefore: Date; readonly most: number },
): Promise<readonly { readonly id: string; readonly lapse: boolean }[]> {
  const { rows } = await sql<{ id: string; lapse: boolean }>`
    select id, updated_at < ${limits.lapseBefore} as lapse
      from applications
     where stage = 'APPLY'
       and (updated_at < ${limits.lapseBefore} or (updated_at < ${limits.remindBefore} and reminded_at is null))
     order by updated_at limit ${limits.most} for update skip locked`.execute(tx);
  return rows;
}

/** Marks a draft as reminded and owes its owner a notice. */
export async function remindDraft(tx: Tx, applicationId: string): Promise<void> {
  await sql`
    with reminded as (
      update applications set reminded_at = now() where id = ${applicationId} and reminded_at is null returning id
    )
    insert into outbox (id, topic, application_id, payload)
    select gen_random_uuid(), 'draft.reminder', id, '{}'::jsonb from reminded`.execute(tx);
}
