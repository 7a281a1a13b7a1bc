/** Runs the form's rules over a page and sorts what they find: errors refuse, warnings are told. */
import type { IdentityPage, LoanPage, PersonApplication, WorkPage } from '../domain/apply.ts';
import {
  checkComplete,
  checkIdentityPage,
  checkLoanPage,
  checkWorkPage,
  type FieldError,
} from '../domain/form-rules.ts';
import type { Queryable } from '../db/database.ts';
import { businessDate } from '../platform/clock.ts';
import { ApiProblem, type FieldProblem, type Language } from './problem-response.ts';
import { currentPolicy, currentProduct } from './rules.ts';

export type NumberedPage =
  | { readonly page: 1; readonly content: IdentityPage }
  | { readonly page: 2; readonly content: WorkPage }
  | { readonly page: 3; readonly content: LoanPage };

/** The rules name a field within the whole form; the page's own pointer leaves out its name. */
function within(found: FieldError): FieldProblem {
  const pointer = found.path.replace(/^\/(identity|work|loan)(?=\/|$)/, '');
  return { pointer, code: found.code, zh: found.zh, en: found.en };
}

async function findErrors(
  db: Queryable,
  numbered: NumberedPage,
  asOf: string,
): Promise<readonly FieldError[]> {
  if (numbered.page === 3) {
    return checkLoanPage(numbered.content, await currentProduct(db, numbered.content.productCode));
  }
  const policy = await currentPolicy(db, asOf);
  const context = { asOf, minAgeYears: policy('applicant.minAgeYears') };
  return numbered.page === 1
    ? checkIdentityPage(numbered.content, context)
    : checkWorkPage(numbered.content, context);
}

/**
 * Checks one page on the business date of `now`. Gives the warnings, which do not stand in the way.
 * @throws ApiProblem VALIDATION_FAILED with every error
 */
export async function checkPage(
  db: Queryable,
  numbered: NumberedPage,
  now: Date,
): Promise<readonly FieldProblem[]> {
  const found = await findErrors(db, numbered, businessDate(now));
  const errors = found.filter((error) => error.severity === 'error').map(within);
  if (errors.length > 0) throw new ApiProblem('VALIDATION_FAILED', { errors });
  return found.map(within);
}

/** Checks the whole form before it is submitted. @throws ApiProblem FORM_INVALID with every error */
export async function checkForm(db: Queryable, form: PersonApplication, now: Date): Promise<void> {
  const asOf = businessDate(now);
  const product = await currentProduct(db, form.loan.productCode);
  const policy = await currentPolicy(db, asOf);
  const context = { asOf, minAgeYears: policy('applicant.minAgeYears') };
  const errors = checkComplete(form, product, context).filter((f) => f.severity === 'error');
  if (errors.length === 0) return;
  throw new ApiProblem('FORM_INVALID', {
    errors: errors.map(({ path, code, zh, en }) => ({ pointer: path, code, zh, en })),
  });
}

/** Warnings in the caller's language. */
export function tellWarnings(warnings: readonly FieldProblem[], language: Language) {
  return warnings.map((warning) => ({
    pointer: warning.pointer,
    code: warning.code,
    detail: language === 'en' ? warning.en : warning.zh,
  }));
}
