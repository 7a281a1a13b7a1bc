/** What the check right before the money reads and writes: consent, contract evidence and age of reports, and its own result. */
import { sql } from 'kysely';
import type { ConsentStanding, ContractEvidence } from '../../domain/preflight.ts';
import type { Queryable, Tx } from '../database.ts';

/** The record of one application as it stands right before its money. */
export interface PreflightRecord {
  readonly consent: ConsentStanding;
  readonly contract: Pick<
    ContractEvidence,
    'state' | 'signedBy' | 'stamped' | 'disclosureAccepted' | 'recordingComplete'
  >;
  /** Whole days in Shanghai since the bureaus were last asked, the longer of the two; null when they never were. */
  readonly bureauAgeDays: number | null;
}

interface Row {
  readonly consent: ConsentStanding | null;
  readonly state: ContractEvidence['state'];
  readonly signed_by: ContractEvidence['signedBy'];
  readonly stamped: ContractEvidence['stamped'];
  readonly accepted: boolean | null;
  readonly recorded: boolean;
  readonly bureau_age_days: number | null;
}

/** A letter that is agreed counts before one that was ended; a letter that was only shown counts for nothing. */
export async function readPreflight(
  db: Queryable,
  applicationId: string,
  contractId: string,
): Promise<PreflightRecord> {
  const { rows } = await sql<Row>`
    with newest as (
      select distinct on (e.bureau) coalesce(r.received_at, e.at) as asked_at
        from bureau_evidence e left join bureau_reports r on r.id = e.report_id
       where e.application_id = ${applicationId}
       order by e.bureau, e.round desc
    )
    select (select z.state from authorisations z
             where z.application_id = ${applicationId} and z.state <> 'SHOWN'
             order by z.state = 'AGREED' desc, z.created_at desc limit 1) as consent,
           c.state,
           array(select s.party from signatures s
                  where s.contract_id = c.id and s.digest_sm3 = c.sm3 order by s.party) as signed_by,
           array(select t.moment from timestamps t where t.contract_id = c.id order by t.moment) as stamped,
           (select o.state = 'ACCEPTED' from offers o where o.id = c.offer_id) as accepted,
           exists (select from recordings r where r.contract_id = c.id and r.state = 'COMPLETE') as recorded,
           (select (now() at time zone 'Asia/Shanghai')::date
                   - (min(n.asked_at) at time zone 'Asia/Shanghai')::date from newest n) as bureau_age_days
      from contracts c
     where c.id = ${contractId} and c.application_id = ${applicationId}`.execute(db);
  const [row] = rows;
  return {
    consent: row?.consent ?? 'MISSING',
    contract: {
      state: row?.state ?? null,
      signedBy: row?.signed_by ?? [],
      stamped: row?.stamped ?? [],
      disclosureAccepted: row?.accepted ?? false,
      recordingComplete: row?.recorded ?? false,
    },
    bureauAgeDays: row?.bureau_age_days ?? null,
  };
}

/** Keeps what a check found; a payout that was held back has its reasons here for ever. */
export async function recordPayoutCheck(
  tx: Tx,
  payoutId: string,
  codes: readonly string[],
): Promise<void> {
  await tx
    .insertInto('payout_checks')
    .values({
      id: sql<string>`gen_random_uuid()`,
      payout_id: payoutId,
      outcome: codes.length === 0 ? 'PASSED' : 'STOPPED',
      codes: JSON.stringify(codes),
    })
    .execute();
}

/** Holds a released payout back: nothing was sent and nothing will be under its number. */
export async function stopPayout(tx: Tx, payoutId: string, failureCode: string): Promise<void> {
  await tx
    .updateTable('payouts')
    .set({ state: 'STOPPED', failure_code: failureCode, settled_at: sql<Date>`now()` })
    .where('id', '=', payoutId)
    .where('state', '=', 'RELEASED')
    .execute();
}
