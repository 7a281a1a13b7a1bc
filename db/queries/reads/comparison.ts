/** What a case is compared with: all that its person has applied for and owes, and what became of cases like it. */
import type { Fen } from '../../../domain/money.ts';
import type { Queryable } from '../../database.ts';

/** Everything one person has handed in, with what they owe on it, newest first. */
export async function readExposures(db: Queryable, applicantId: string, most: number) {
  return await db
    .selectFrom('person_exposures')
    .select([
      'application_id',
      'product_code',
      'stage',
      'amount_fen',
      'submitted_at',
      'loan_state',
      'principal_fen',
      'days_past_due',
      'outstanding_fen',
    ])
    .where('applicant_id', '=', applicantId)
    .orderBy('submitted_at', 'desc')
    .orderBy('application_id')
    .limit(most)
    .execute();
}

/** What makes another case like this one. */
export interface Likeness {
  /** The case itself, which is not one like it. */
  readonly applicationId: string;
  readonly productCode: string;
  readonly grade: string;
  /** Fen asked for, both ends included. */
  readonly from: Fen;
  readonly to: Fen;
  readonly since: Date;
  readonly most: number;
}

/** The newest decided cases of the same product and grade, within a band of amounts and days. */
export async function readSimilarCases(db: Queryable, like: Likeness) {
  return await db
    .selectFrom('decided_cases')
    .select([
      'application_id',
      'at',
      'outcome',
      'asked_fen',
      'decided_fen',
      'term_months',
      'stage',
      'loan_state',
      'days_past_due',
    ])
    .where('product_code', '=', like.productCode)
    .where('grade', '=', like.grade)
    .where('at', '>', like.since)
    .where('asked_fen', '>=', like.from)
    .where('asked_fen', '<=', like.to)
    .where('application_id', '<>', like.applicationId)
    .orderBy('at', 'desc')
    .limit(like.most)
    .execute();
}
