/**
 * The record of a decision: the versions it ran on, what it was given by hash, every rule with the values it saw, the
 * score with its contributions, the outcome and its reasons. Equal inputs and versions give the same record, byte for
 * byte: it holds no clock, no id of a row and nothing in an order that could differ.
 */
import { canonicalJson } from './canonical-json.ts';
import type { Decision, DecisionInput } from './decide.ts';
import { REASONS } from './reasons.ts';

/** What a decision ran on beside strategy, scorecard and product, which it names itself. */
export interface DecisionVersions {
  /** `id@version` of the policy. */
  readonly policy: string;
  /** `EXPERT` for a card written by people, or the id of the fitted model. */
  readonly model: string;
  /** Experiment and arm, or null outside of any. */
  readonly arm: string | null;
}

/** The text whose SM3 names the input of a decision: variables, gaps and request in canonical JSON. */
export function decisionInputText({ variables, gaps, request }: DecisionInput): string {
  return canonicalJson({ variables, gaps, request });
}

/** One reason as the record keeps it. */
interface RecordedReason {
  readonly code: string;
  /** For the applicant. */
  readonly zh: string;
  readonly internal: string;
}

export interface DecisionRecordContent {
  readonly record: 'xindai-decision-1';
  readonly versions: DecisionVersions & {
    readonly strategy: string;
    readonly scorecard: string;
    readonly product: string;
  };
  /** Business date whose policy held. */
  readonly policyDate: string;
  /** SM3 of `decisionInputText`, hex. */
  readonly inputSm3: string;
  readonly gaps: DecisionInput['gaps'];
  readonly request: DecisionInput['request'];
  readonly rules: Decision['rulesTrace'];
  readonly score: Decision['score'];
  readonly outcome: Decision['outcome'];
  readonly reasons: readonly RecordedReason[];
  readonly grade: string;
  readonly approvedAmountFen: number | null;
  readonly annualRate: string | null;
  readonly termMonths: number;
  readonly approvals: Decision['approvals'];
}

export interface DecisionRecordInput {
  readonly decision: Decision;
  readonly input: DecisionInput;
  readonly inputSm3: string;
  readonly policyDate: string;
  readonly versions: DecisionVersions;
}

/** The content of the record. */
export function decisionRecordContent(of: DecisionRecordInput): DecisionRecordContent {
  const { decision, input } = of;
  const { strategy, scorecard, product } = decision;
  return {
    record: 'xindai-decision-1',
    versions: { ...of.versions, strategy, scorecard, product },
    policyDate: of.policyDate,
    inputSm3: of.inputSm3,
    gaps: input.gaps,
    request: input.request,
    rules: decision.rulesTrace,
    score: decision.score,
    outcome: decision.outcome,
    reasons: decision.reasons.map((code) => ({
      code,
      zh: REASONS[code].zh,
      internal: REASONS[code].internal,
    })),
    grade: decision.grade,
    approvedAmountFen: decision.approvedAmountFen,
    annualRate: decision.annualRate,
    termMonths: decision.termMonths,
    approvals: decision.approvals,
  };
}

/** The record as it is stored and hashed: canonical JSON. */
export function decisionRecord(of: DecisionRecordInput): string {
  return canonicalJson(decisionRecordContent(of));
}
