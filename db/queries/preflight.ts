/** What the check right before the money reads and writes: consent, contract evidence, age of reports, earlier notes, and its own result. */
import { sql } from 'kysely';
import type { ConsentStanding, ContractEvidence, EarlierNotes } from '../../domain/preflight.ts';
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

/**
 * A bureau was asked when the story asked it, or when two people did by hand under a letter of the application. A letter that is
 * agreed counts before one that was ended; a letter that was only shown counts for nothing.
 */
export async function readPreflight(
  db: Queryable,
  applicationId: string,
  contractId: string,
): Promise<PreflightRecord> {
  const { rows } = await sql<Row>`
    with asked as (
      (select distinct on (e.bureau) e.bureau, coalesce(r.received_at, e.at) as asked_at
         from bureau_evidence e left join bureau_reports r on r.id = e.report_id
        where e.application_id = ${applicationId}
        order by e.bureau, e.round desc)
      union all
      select r.bureau, r.received_at
        from bureau_reports r join authorisations z on z.id = r.authorisation_id
       where z.application_id = ${applicationId}
         and r.bureau in (select e.bureau from bureau_evidence e where e.application_id = ${applicationId})
    ), newest as (select max(asked_at) as asked_at from asked group by bureau)
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

/** What the contract has paid out before, and what it is to the person altogether. */
export interface ContractStanding {
  readonly earlier: EarlierNotes;
  readonly borrowerDied: boolean;
  /** Principal owed on its notes, with the parts that are planned or being drawn and what is paid again, fen; null before any. */
  readonly ownFen: number | null;
}

interface StandingRow {
  readonly overdue: boolean;
  readonly written_off: boolean;
  readonly given_back: boolean;
  readonly returned: boolean;
  readonly died: boolean;
  readonly own_fen: number | null;
}

/**
 * How the contract of a payout stands beside it. Overdue is what is unpaid after the last day without penalty interest, in days of
 * grace too.
 * @param today ISO
 */
export async function readContractStanding(
  db: Queryable,
  { applicationId, tranche }: { readonly applicationId: string; readonly tranche: number },
  today: string,
): Promise<ContractStanding> {
  const { rows } = await sql<StandingRow>`
    with notes as (
      select l.id, l.state, l.days_past_due, l.settled_reason from loans l
       where l.application_id = ${applicationId} and l.tranche <> ${tranche}
    )
    select exists (select from notes n where n.state = 'OVERDUE' or n.days_past_due > 0
                      or exists (select from instalments i
                                  where i.loan_id = n.id and coalesce(i.payable_until, i.due_date) < ${today}::date
                                    and i.fee_fen + i.penalty_fen + i.interest_fen + i.principal_fen
                                        > i.paid_fee_fen + i.paid_penalty_fen + i.paid_interest_fen + i.paid_principal_fen)) as overdue,
           exists (select from notes n join loan_standings s on s.loan_id = n.id where s.written_off_on is not null) as written_off,
           exists (select from notes n where n.settled_reason = 'COOLING_OFF'
                      or exists (select from prepayments p
                                  where p.loan_id = n.id and p.kind = 'COOLING_OFF' and p.state = 'OPEN')) as given_back,
           exists (select from notes n where n.state = 'RETURNED') as returned,
           exists (select from contact_stops_open d join applications a on a.id = ${applicationId}
                    where d.cause = 'DECEASED' and d.person_id = coalesce(a.applicant_id, a.id)) as died,
           (select sum(case when t.state in ('PLANNED','DRAWING') or (t.state = 'PAID' and t.number = ${tranche})
                            then t.principal_fen else 0 end)
                   + coalesce((select sum(i.principal_fen - i.paid_principal_fen)
                                 from notes n join instalments i on i.loan_id = n.id), 0)
              from tranches t where t.application_id = ${applicationId})::bigint as own_fen`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('a select without from gave no row');
  const { overdue, written_off: writtenOff, given_back: givenBack, returned, died } = row;
  const earlier = { overdue, writtenOff, givenBack, returned };
  return { earlier, borrowerDied: died, ownFen: row.own_fen };
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
