/** What is said about rules: drafts, versions, what is in force, and the kill switch. */
import { z } from '@hono/zod-openapi';
import { DRAFT_STATES, RULE_KINDS } from '../../domain/rule-life.ts';
import { instant, reasonCode, sm3Digest } from './common.ts';

const kind = z.enum(RULE_KINDS);
const code = z.string().regex(/^[A-Z][A-Z0-9_]{1,47}$/);
const version = z.number().int().min(1).max(1_000_000);

/** A strategy, scorecard or product is an object, a policy a list of rows. */
const document = z
  .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
  .openapi({ description: 'docs/strategies.md describes it; its id and version are set by us.' });

export const ruleParams = z.object({ kind, code });
export const versionParams = ruleParams.extend({
  version: z.coerce.number().int().min(1).max(1_000_000),
});

export const newRuleDraft = z
  .strictObject({ kind, code, document, reason: reasonCode })
  .openapi('NewRuleDraft');

export const ruleDraftEdit = z
  .strictObject({
    document,
    expectedSm3: sm3Digest.openapi({ description: 'Digest of the document that was edited.' }),
    reason: reasonCode,
  })
  .openapi('RuleDraftEdit');

export const ruleReason = z.strictObject({ reason: reasonCode }).openapi('RuleReason');

export const ruleApproval = z
  .strictObject({
    documentSm3: sm3Digest.openapi({ description: 'Digest of the document that was looked at.' }),
    effectiveFrom: instant.nullable().optional().openapi({
      description: 'Absent: at once. Null: published, but not in force by itself.',
    }),
    reason: reasonCode,
  })
  .openapi('RuleApproval');

export const ruleRollback = z
  .strictObject({
    version: version.optional().openapi({
      description: 'A version that was in force; the one before the present one unless said.',
    }),
    reason: reasonCode,
  })
  .openapi('RuleRollback');

export const ruleCancellation = z
  .strictObject({ activationId: z.number().int().min(1), reason: reasonCode })
  .openapi('RuleCancellation');

export const ruleDraftQuery = z.object({
  kind: kind.optional(),
  state: z.enum(DRAFT_STATES).optional(),
});

const checkReport = z.object({
  documentSm3: sm3Digest,
  cases: z.object({ total: z.number().int(), failed: z.array(z.string()) }).nullable(),
  backtest: z.enum(['DONE', 'MISSING', 'NO_RECORDED_INPUTS', 'NOT_NEEDED']),
  passed: z.boolean(),
});

export const ruleDraftSummary = z
  .object({
    id: z.uuid(),
    kind,
    code: z.string(),
    version: z.number().int(),
    state: z.enum(DRAFT_STATES),
    /** What it waits for; null when it waits for nothing. */
    waitingFor: z.enum(['CHECK', 'PROPOSAL', 'SECOND_APPROVAL']).nullable(),
    documentSm3: sm3Digest,
    check: checkReport.nullable(),
    createdBy: z.string(),
    editedBy: z.string(),
    proposedBy: z.string().nullable(),
    approvedBy: z.string().nullable(),
    createdAt: instant,
    editedAt: instant,
  })
  .openapi('RuleDraftSummary');

export const ruleDraftList = z.object({ items: z.array(ruleDraftSummary) }).openapi('RuleDrafts');

export const ruleDraftView = ruleDraftSummary
  .extend({
    document: z.unknown(),
    history: z.array(
      z.object({
        act: z.string(),
        state: z.enum(DRAFT_STATES),
        actor: z.string(),
        role: z.string(),
        reason: z.string(),
        documentSm3: sm3Digest,
        at: instant,
      }),
    ),
  })
  .openapi('RuleDraft');

const activation = z.object({
  id: z.number().int(),
  kind,
  code: z.string(),
  version: z.number().int(),
  effectiveFrom: instant,
  cause: z.enum(['SHIPPED', 'APPROVED', 'ROLLBACK']),
  proposedBy: z.string().nullable(),
  activatedBy: z.string(),
  reason: z.string(),
});

export const rulesInForce = z
  .object({
    killSwitch: z.boolean().openapi({ description: 'True: people decide everything.' }),
    inForce: z.array(activation),
    scheduled: z.array(activation),
  })
  .openapi('RulesInForce');

export const ruleVersions = z
  .object({
    items: z.array(
      z.object({
        version: z.number().int(),
        standing: z.enum(['PUBLISHED', 'SCHEDULED', 'LIVE', 'RETIRED']),
        documentSm3: z.string(),
        publishedAt: instant,
        activations: z.array(activation),
      }),
    ),
  })
  .openapi('RuleVersions');

export const ruleVersion = z
  .object({
    kind,
    code: z.string(),
    version: z.number().int(),
    documentSm3: z.string(),
    publishedAt: instant,
    document: z.unknown(),
  })
  .openapi('RuleVersion');

export const killSwitchView = z
  .object({
    on: z.boolean().openapi({ description: 'True: people decide everything.' }),
    waitingFor: z.literal('SECOND_APPROVAL').nullable(),
    acts: z.array(
      z.object({
        act: z.enum(['ON', 'PROPOSE_OFF', 'OFF']),
        actor: z.string(),
        role: z.string(),
        proposedBy: z.string().nullable(),
        reason: z.string(),
        at: instant,
      }),
    ),
  })
  .openapi('KillSwitch');
