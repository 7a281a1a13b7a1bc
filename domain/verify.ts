/** Identity verification: what the four checks answered, and what follows. No data never passes silently. */
import type { PolicyReader } from './policy.ts';
import type { GapCode, VerifyReason } from './reasons.ts';

export const CHECK_KINDS = ['TWO_FACTOR', 'MOBILE', 'BANK_CARD', 'FACE'] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

export const CHECK_OUTCOMES = ['MATCH', 'MISMATCH', 'NO_DATA', 'UNAVAILABLE'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];

export type Liveness = 'PASS' | 'FAIL' | 'UNKNOWN';

export type CheckResult =
  | { readonly kind: 'TWO_FACTOR' | 'MOBILE' | 'BANK_CARD'; readonly outcome: CheckOutcome }
  | {
      readonly kind: 'FACE';
      readonly outcome: CheckOutcome;
      /** Similarity 0–100; null when the service gave none. */
      readonly score: number | null;
      readonly liveness: Liveness;
    };

export type VerificationConclusion =
  | { readonly outcome: 'PASS' }
  | { readonly outcome: 'FAIL'; readonly reasons: readonly VerifyReason[] }
  | { readonly outcome: 'REFER'; readonly gaps: readonly GapCode[] };

/** Face scores, 0–100, of the policy rows `verify.faceMatchScore` and `verify.faceMismatchScore`. */
export interface FaceThresholds {
  readonly match: number;
  readonly mismatch: number;
}

export function faceThresholds(policy: PolicyReader): FaceThresholds {
  return { match: policy('verify.faceMatchScore'), mismatch: policy('verify.faceMismatchScore') };
}

/**
 * A name and number that do not belong together, or a face that is a replay, end the application. A mobile of a family
 * member, a mistyped card or an unlike face go to a person: services err, and another way than the face must exist
 * (人脸识别技术应用安全管理办法 [K]).
 */
const MISMATCHES: Readonly<Record<CheckKind, Finding>> = {
  TWO_FACTOR: 'VERIFY_IDENTITY_MISMATCH',
  MOBILE: 'GAP_MOBILE_MISMATCH',
  BANK_CARD: 'GAP_CARD_MISMATCH',
  FACE: 'GAP_FACE_MISMATCH',
};

const GAPS: Readonly<Record<CheckKind, GapCode>> = {
  TWO_FACTOR: 'GAP_IDENTITY',
  MOBILE: 'GAP_MOBILE',
  BANK_CARD: 'GAP_CARD',
  FACE: 'GAP_FACE',
};

type Finding = VerifyReason | GapCode | null;

/** A face passes only alive and with a score: a match without a score, or between the thresholds, needs a person. */
function findFace(result: CheckResult & { kind: 'FACE' }, thresholds: FaceThresholds): Finding {
  if (result.liveness === 'FAIL') return 'VERIFY_LIVENESS_FAILED';
  if (result.outcome === 'MISMATCH') return MISMATCHES.FACE;
  if (result.outcome !== 'MATCH' || result.score === null) return GAPS.FACE;
  if (result.score < thresholds.mismatch) return MISMATCHES.FACE;
  return result.score >= thresholds.match && result.liveness === 'PASS' ? null : GAPS.FACE;
}

function find(result: CheckResult, thresholds: FaceThresholds): Finding {
  if (result.kind === 'FACE') return findFace(result, thresholds);
  if (result.outcome === 'MATCH') return null;
  return result.outcome === 'MISMATCH' ? MISMATCHES[result.kind] : GAPS[result.kind];
}

function isGap(finding: VerifyReason | GapCode): finding is GapCode {
  return finding.startsWith('GAP_');
}

/** Concludes from all results: a false identity or a replayed face fails, any other doubt or a check never made refers, four matches pass. */
export function concludeVerification(
  results: readonly CheckResult[],
  thresholds: FaceThresholds,
): VerificationConclusion {
  const findings = CHECK_KINDS.flatMap((kind): readonly Finding[] => {
    const ofKind = results.filter((result) => result.kind === kind);
    return ofKind.length === 0 ? [GAPS[kind]] : ofKind.map((result) => find(result, thresholds));
  }).filter((finding) => finding !== null);
  const unique = [...new Set(findings)];
  const reasons = unique.filter((finding) => !isGap(finding)) as readonly VerifyReason[];
  if (reasons.length > 0) return { outcome: 'FAIL', reasons };
  const gaps = unique.filter(isGap);
  return gaps.length > 0 ? { outcome: 'REFER', gaps } : { outcome: 'PASS' };
}
