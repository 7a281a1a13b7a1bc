/** Assesses fraud signals of an application and moves it on; the level is evidence, the decision is not made here. */
import { assessFraud as assess, NO_VELOCITY, type VelocityCounters } from '../../domain/fraud.ts';
import { parseMobile } from '../../domain/identifiers.ts';
import { SYSTEM } from '../../domain/journey.ts';
import type { PersonApplication } from '../../domain/apply.ts';
import { loadForm } from '../../db/queries/apply.ts';
import {
  contactInDefault,
  countShared,
  listed,
  recordAssessment,
  type SharedBy,
} from '../../db/queries/fraud.ts';
import { advance } from '../../db/queries/journey.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import { openBureaus } from '../bureau-variables.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, placed } from '../failures.ts';
import type { Placed } from '../outcomes.ts';
import { pinnedOf } from '../pinned.ts';

export interface AssessInput {
  readonly applicationId: string;
  readonly round: number;
  readonly expectedVersion: number;
}

function velocityOf(shared: readonly SharedBy[]): VelocityCounters {
  const of = (kind: SharedBy['kind']) => {
    const row = shared.find((s) => s.kind === kind);
    return row === undefined
      ? NO_VELOCITY.device
      : { day1: row.day1, day7: row.day7, day30: row.day30 };
  };
  return {
    device: of('DEVICE'),
    mobile: of('MOBILE'),
    card: of('CARD'),
    address: of('ADDRESS'),
    contact: of('CONTACT'),
  };
}

/** The numbers that the lender's lists are asked for, by blind index. */
function listKeys(cipher: FieldCipher, { identity, loan, device }: PersonApplication) {
  const keys = [
    { subject: 'ID_NUMBER', valueIndex: cipher.blindIndex('id_number', identity.idNumber) },
    { subject: 'MOBILE', valueIndex: cipher.blindIndex('mobile', identity.mobile) },
    { subject: 'CARD', valueIndex: cipher.blindIndex('card', loan.bankCardNumber) },
  ] as const;
  return device === null
    ? keys
    : [
        ...keys,
        { subject: 'DEVICE', valueIndex: cipher.blindIndex('device', device.fingerprint) } as const,
      ];
}

export async function assessFraud(deps: ActivityDeps, input: AssessInput): Promise<Placed> {
  const { applicationId, round, expectedVersion } = input;
  return await deps.db.transaction().execute(async (tx) => {
    const { application, day } = await pinnedOf(deps, tx, applicationId);
    const cipher = await deps.vault.of(tx, applicationId);
    const form = await loadForm(tx, cipher, applicationId);
    if (form === null) throw finalFailure('FORM_INCOMPLETE');
    const lists = await listed(tx, listKeys(cipher, form));
    const contacts = form.loan.contacts.map((c) => cipher.blindIndex('mobile', c.mobile));
    const { baihang } = await openBureaus(tx, cipher, applicationId, form.identity, day);
    const mobile = parseMobile(form.identity.mobile);
    const assessment = assess({
      device: form.device,
      velocity: velocityOf(await countShared(tx, applicationId)),
      lists: {
        device: lists.has('DEVICE'),
        mobile: lists.has('MOBILE'),
        idNumber: lists.has('ID_NUMBER'),
        card: lists.has('CARD'),
      },
      antiFraudScore: baihang?.antiFraudScore ?? null,
      virtualMobile: mobile.ok && mobile.virtualOperator,
      contactInDefault: await contactInDefault(tx, contacts),
    });
    await recordAssessment(tx, {
      applicationId,
      round,
      evidenceVersion: application.evidence_version,
      ...assessment,
    });
    const moved = await advance(tx, {
      applicationId,
      from: 'FRAUD',
      to: 'SCORE',
      actor: SYSTEM,
      reason: `FRAUD_${assessment.level}`,
      cause: `fraud.assess:${round}`,
      expectedVersion,
    });
    return placed(moved, 'SCORE');
  });
}
