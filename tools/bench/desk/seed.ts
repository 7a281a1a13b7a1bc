/** A desk of the size the bench asks about: applications with evidence, decisions, reviews and tasks, as SQL over numbers. */
import { sql } from 'kysely';
import type { Db, Tx } from '../../../db/database.ts';

/** Applications, each with one task; half of the tasks are open. `BENCH_APPLICATIONS` makes a smaller desk, in tens of thousands. */
export const APPLICATIONS = Number(process.env['BENCH_APPLICATIONS'] ?? 100_000);

/** A statement fills this many applications at a time, within the time a statement may take. */
const BATCH = 10_000;
const ROWS = 'generate_series($from, $to) n';
/** A digest in the form of a random identifier, for the API takes no other. */
const uuidOf = (text: string): string =>
  `overlay(overlay(md5(${text}) placing '4' from 13) placing '8' from 17)::uuid`;
const id = (what: string): string => uuidOf(`'${what}' || n`);
/** Two applications a person, as those have who come again. */
const PERSON = uuidOf(`'p' || n / 2`);
const AMOUNT = `(500000 + (n::bigint * 7919) % 19500000)`;
const GRADE = `(array['A','B','C','D','E'])[1 + (n * 31) % 5]`;
const PRODUCT = `(array['PERSONAL_CREDIT','SALARY_CREDIT','SMALL_CREDIT'])[1 + n % 3]`;
/** One came every three minutes. */
const AT = `now() - n * interval '3 minutes'`;
const IS_OPEN = `n % 2 = 0`;
/** Of the others, most were lent to. */
const IS_LENT = `n % 2 = 1 and n % 5 <> 0`;

/** A graph of sixty nodes, as a ring of twelve people has. */
const GRAPH = JSON.stringify({
  applications: 12,
  persons: 12,
  defaults: 1,
  kinds: ['DEVICE', 'CARD', 'ADDRESS'],
  density: 0.2,
  hubsIgnored: [],
  truncated: false,
  close: { persons: 4, defaults: 1, kinds: ['DEVICE'] },
  nodes: Array.from({ length: 60 }, (_, n) =>
    n < 12
      ? { id: `a${n}`, kind: 'APPLICATION', of: n === 0 ? 'SELF' : 'OTHER', inDefault: n === 3 }
      : { id: `v${n}`, kind: (['DEVICE', 'CARD', 'ADDRESS'] as const)[n % 3] },
  ),
  edges: Array.from({ length: 72 }, (_, n) => ({
    from: `a${n % 12}`,
    to: `v${12 + (n % 48)}`,
    kind: (['DEVICE', 'CARD', 'ADDRESS'] as const)[n % 3],
  })),
});
const SIGNALS = JSON.stringify(
  Array.from({ length: 6 }, (_, n) => ({
    code: `F${n}`,
    weight: 10,
    zh: '多人使用同一设备',
    en: 'Several people share a device',
    evidence: { persons: 3, days: 30 },
  })),
);
/** What is rich about a measured case; the others are as lean as they may be. */
export const ASSESSMENT = `{"points":60,"signals":${SIGNALS},"waived":[],"graph":${GRAPH}}`;
export const CONTRIBUTIONS = JSON.stringify(
  Array.from({ length: 24 }, (_, n) => ({ variable: `variable${n}`, value: n, points: n - 5 })),
);
export const TRACE = JSON.stringify({
  rules: Array.from({ length: 30 }, (_, n) => ({
    ruleId: `R${n}`,
    kind: 'REFERRAL',
    outcome: n % 9 === 0 ? 'HIT' : 'MISS',
  })),
});
const STAGES = JSON.stringify([
  { name: 'first', roles: ['reviewer', 'senior-reviewer', 'risk-officer'], seats: 1, quorum: 1 },
  { name: 'second', roles: ['senior-reviewer', 'risk-officer'], seats: 1, quorum: 1 },
]);
const VERSIONS = `jsonb_build_object('product', jsonb_build_object('code', ${PRODUCT}, 'version', 1))`;

const PEOPLE_AND_EVIDENCE: readonly string[] = [
  `insert into applicants (id, kind, identity_index)
   select ${id('p')}, 'PERSON', decode(md5('i' || n), 'hex') from generate_series($from / 2, ($to + 1) / 2 - 1) n`,
  `insert into applications (id, owner_subject, applicant_kind, applicant_id, product_code, stage, pending, amount_fen,
      term_months, evidence_version, submitted_at, created_at, updated_at)
   select ${id('a')}, 'owner-' || n / 2, 'PERSON', ${PERSON}, ${PRODUCT},
          case when ${IS_OPEN} then 'REVIEW' when ${IS_LENT} then 'SERVICE' else 'DECLINED' end,
          case when ${IS_OPEN} then case n % 40 when 0 then 'INFORMATION' when 2 then 'SECOND_REVIEW' else 'REVIEW' end end,
          ${AMOUNT}, 12, 4, ${AT}, ${AT}, ${AT} from ${ROWS}`,
  `insert into verifications (application_id, evidence_version, kind, outcome, detail, at)
   select ${id('a')}, 4, kind, 'MATCH', '{}', ${AT}
     from ${ROWS}, unnest(array['TWO_FACTOR','MOBILE','BANK_CARD','FACE']) kind`,
  `insert into bureau_evidence (application_id, round, bureau, gap, at)
   select ${id('a')}, 1, bureau, 'GAP_REPORT', ${AT} from ${ROWS}, unnest(array['PBOC','BAIHANG']) bureau`,
  `insert into registry_screenings (application_id, round, sanctions_hit, court_open_cases, detail)
   select ${id('a')}, 1, false, 0, '{}' from ${ROWS}`,
  `insert into fraud_assessments (application_id, round, evidence_version, level, signals, at)
   select ${id('a')}, 1, 4, 'MEDIUM', '{"points":0,"signals":[]}', ${AT} from ${ROWS}`,
  `insert into scores (application_id, round, evidence_version, scorecard_code, scorecard_version, total, grade, complete,
      contributions, sealed_variables, variables_sm3, at)
   select ${id('a')}, 1, 4, 'HOUSE', 1, 560, ${GRADE}, true, '[]', '\\x00', md5('s'), ${AT} from ${ROWS}`,
  `insert into decisions (id, application_id, round, evidence_version, outcome, reasons, gaps, grade, amount_fen,
      annual_rate, approvals, trace, versions, at)
   select ${id('d')}, ${id('a')}, 1, 4, 'REFER', array['GAP_FACE'], array['GAP_FACE'], ${GRADE}, ${AMOUNT}, '14.40',
          '[]', '{}', ${VERSIONS}, ${AT} from ${ROWS}`,
];

const DESK: readonly string[] = [
  `insert into reviews (application_id, round, matrix_code, matrix_version, matrix_row, stages, why, exposure_fen,
      exceptions, most_fen, least_fen, evidence_version, ended, opened_at, ended_at)
   select ${id('a')}, 1, 'HOUSE', 1, 'M3', '${STAGES}', '[{"row":"M3","misfit":null}]', ${AMOUNT}, 1, ${AMOUNT}, 100000, 4,
          case when ${IS_OPEN} then null when ${IS_LENT} then 'APPROVED' else 'DECLINED' end, ${AT},
          case when ${IS_OPEN} then null else ${AT} end
     from ${ROWS}`,
  `insert into review_tasks (id, application_id, round, level, seat, roles, state, assignee, claimed_at, active_at,
      evidence_version, sla_due_at, created_at, product_code, amount_fen, grade)
   select ${id('t')}, ${id('a')}, 1, 1, 1, array['reviewer','senior-reviewer','risk-officer'],
          case when not ${IS_OPEN} then 'DECIDED' when n % 6 = 0 then 'CLAIMED' else 'OPEN' end,
          case when not (${IS_OPEN}) or n % 6 = 0 then 'reviewer-' || n % 50 end,
          case when not (${IS_OPEN}) or n % 6 = 0 then ${AT} end,
          case when not (${IS_OPEN}) or n % 6 = 0 then ${AT} end, 4, ${AT} + interval '100 days', ${AT},
          ${PRODUCT}, ${AMOUNT}, ${GRADE}
     from ${ROWS}`,
  `insert into review_actions (id, task_id, application_id, round, actor, actor_role, action, reasons, evidence_version, cause, at)
   select md5('c' || n || step)::uuid, ${id('t')}, ${id('a')}, 1, 'reviewer-' || n % 50, 'reviewer',
          case when step = 2 then 'APPROVE' else 'CLAIM' end, array['REVIEW_POSITIVE'], 4, 'bench-' || n || '-' || step, ${AT}
     from ${ROWS}, generate_series(1, 2) step where not (${IS_OPEN})`,
  `insert into journey_events (application_id, number, from_stage, to_stage, actor_kind, actor, reason, cause, versions, at)
   select ${id('a')}, step, stages[step], stages[step + 1], 'system', 'xindai', 'EVIDENCE', 'bench-' || step, '{}', ${AT}
     from ${ROWS}, generate_series(1, 6) step,
          (select array['APPLY','VERIFY','BUREAU','FRAUD','SCORE','DECIDE','REVIEW'] as stages) s`,
];

const MONEY: readonly string[] = [
  `insert into offers (id, application_id, round, product_code, product_version, amount_fen, term_months, method, annual_rate,
      annualised_simple, annualised_compound, schedule, cap_rule, state, valid_until)
   select ${id('o')}, ${id('a')}, 1, ${PRODUCT}, 1, ${AMOUNT}, 12, 'EQUAL_INSTALMENT', '14.40', '14.40', '15.39', '[]', '{}',
          'ACCEPTED', now() from ${ROWS} where ${IS_LENT}`,
  `insert into documents (id, application_id, kind, object_key, sm3, size_bytes, media_type)
   select ${id('f')}, ${id('a')}, 'CONTRACT', 'k', md5('k'), 1, 'application/pdf' from ${ROWS} where ${IS_LENT}`,
  `insert into contracts (id, application_id, offer_id, number, document_id, sm3, state)
   select ${id('k')}, ${id('a')}, ${id('o')}, 'C' || n, ${id('f')}, md5('k'), 'SIGNED' from ${ROWS} where ${IS_LENT}`,
  `insert into payouts (id, application_id, contract_id, attempt, request_no, amount_fen, sealed_account, state, releases_needed, released_by)
   select ${id('y')}, ${id('a')}, ${id('k')}, 1, 'P' || n, ${AMOUNT}, '\\x00', 'PAID', 1, 'qian' from ${ROWS} where ${IS_LENT}`,
  `insert into loans (id, application_id, payout_id, number, principal_fen, annual_rate, term_months, method, disbursed_on, state)
   select ${id('l')}, ${id('a')}, ${id('y')}, 'L' || n, ${AMOUNT}, '14.40', 12, 'EQUAL_INSTALMENT', '2026-01-05',
          case when n % 33 = 0 then 'OVERDUE' else 'ACTIVE' end from ${ROWS} where ${IS_LENT}`,
  `insert into instalments (loan_id, number, due_date, principal_fen, interest_fen, fee_fen)
   select ${id('l')}, step, date '2026-02-05' + step * 30, ${AMOUNT} / 12, 1000, 0
     from ${ROWS}, generate_series(1, 12) step where ${IS_LENT}`,
];

/** Work without triggers and checks of references: the rows are made to fit, and looking them up takes minutes. */
export async function unchecked<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return await db.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx);
    return await work(tx);
  });
}

/** Fills an empty schema. */
export async function seedDesk(db: Db): Promise<void> {
  for (const statement of [...PEOPLE_AND_EVIDENCE, ...DESK, ...MONEY])
    for (let from = 0; from < APPLICATIONS; from += BATCH) {
      const text = statement
        .replaceAll('$from', String(from))
        .replaceAll('$to', String(from + BATCH - 1));
      await unchecked(db, (tx) => sql.raw(text).execute(tx));
    }
  await sql.raw('analyze').execute(db);
}

/** Ids of the tasks with these numbers, and of their applications. */
export async function tasksOf(
  db: Db,
  numbers: readonly number[],
): Promise<readonly { readonly id: string; readonly applicationId: string }[]> {
  const { rows } = await sql<{ id: string; applicationId: string }>`
    select ${sql.raw(id('t'))} as id, ${sql.raw(id('a'))} as "applicationId" from unnest(${numbers}::int[]) n`.execute(
    db,
  );
  return rows;
}
