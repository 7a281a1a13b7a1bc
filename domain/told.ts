/** What a person may have a copy of where the record itself would tip somebody off: reasons in words, never our codes. */
import { isReasonCode, reasonsForApplicant } from './reasons.ts';

export interface HeldDecision {
  readonly outcome: string;
  readonly reasons: readonly string[];
}

/** The decision with its reasons in the words the applicant was told; those of a referral are nobody's reasons yet. */
export function toldDecision<T extends HeldDecision>(
  held: T,
  language: 'zh' | 'en',
): Omit<T, 'reasons'> & { reasons: string[] } {
  const codes = held.outcome === 'DECLINE' ? held.reasons.filter(isReasonCode) : [];
  return { ...held, reasons: [...reasonsForApplicant(codes, language)] };
}
