/** A loan whose payout lacks nothing: agreed, reported on, signed by both, stamped, and waiting to be sent. */
import { randomUUID } from 'node:crypto';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createPayout, markReleased, markSent } from '../../db/queries/disburse.ts';
import { buildOffer } from '../../domain/offer.ts';
import { policyOf } from '../../domain/policy.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { PERSONAL_CREDIT } from '../../domain/products.ts';
import { annualRate } from '../../domain/rates.ts';
import { AMOUNT, contract } from '../db/rows.ts';
import { application as form } from '../domain/samples.ts';
import { admitted, confirmedCosts, consent, type Workplace } from './workplace.ts';

export const CARD = '6222021234567890128';

export interface Payable {
  readonly applicationId: string;
  readonly applicantId: string;
  readonly contractId: string;
  readonly payoutId: string;
  readonly authorisationId: string;
}

async function evidence({ owner }: Workplace, applicationId: string, contractId: string) {
  const made = buildOffer({
    product: PERSONAL_CREDIT,
    amountFen: AMOUNT,
    termMonths: 12,
    annualRate: annualRate('14.40'),
    lenderName: '样例银行',
    startDate: '2026-11-24',
    policy: policyOf(POLICY_ROWS, '2026-11-24', 'BANK'),
  });
  if (!made.ok) throw new Error('the sample offer is above the cap');
  const of = { contract_id: contractId };
  await owner
    .updateTable('offers')
    .set({ schedule: JSON.stringify(made.offer) })
    .where('application_id', '=', applicationId)
    .execute();
  await owner
    .updateTable('contracts')
    .set((eb) => ({
      disclosure_document_id: eb.ref('document_id'),
      disclosure_sm3: 'f',
      cost_read_seconds: 0,
    }))
    .where('id', '=', contractId)
    .execute();
  await confirmedCosts(owner, contractId, 'f');
  await owner
    .insertInto('signatures')
    .values(
      (['APPLICANT', 'LENDER'] as const).map((party) => ({
        ...of,
        party,
        public_key: 'k',
        digest_sm3: 'h',
        signature: Buffer.from('s'),
        signed_by: 's',
      })),
    )
    .execute();
  await owner
    .insertInto('timestamps')
    .values(
      (['BEFORE', 'AFTER'] as const).map((moment) => ({
        ...of,
        moment,
        imprint_sm3: 'i',
        reply: Buffer.from('r'),
        generated_at: new Date(),
      })),
    )
    .execute();
  await owner
    .updateTable('contracts')
    .set({ state: 'SIGNED', signed_at: new Date() })
    .where('id', '=', contractId)
    .execute();
  await owner
    .insertInto('bureau_evidence')
    .values({
      application_id: applicationId,
      round: 1,
      bureau: 'PBOC',
      report_id: null,
      gap: 'NOT_ASKED',
    })
    .execute();
}

async function makePayout(deps: ActivityDeps, applicationId: string, contractId: string) {
  const id = randomUUID();
  const cipher = await deps.vault.of(deps.db, applicationId);
  await deps.db.transaction().execute(async (tx) => {
    await createPayout(tx, {
      id,
      applicationId,
      contractId,
      attempt: 1,
      requestNo: `XD${id}`,
      amountFen: AMOUNT,
      sealedAccount: cipher.sealJson('payouts.sealed_account', id, { card: CARD }),
      state: 'READY',
      retry: null,
    });
  });
  return id;
}

/** A payable loan whose payout stands at a state. */
export async function payable(
  place: Workplace,
  state: 'READY' | 'RELEASED' | 'SENT',
): Promise<Payable> {
  const { deps } = place;
  const { id: applicationId, applicantId } = await admitted(deps, 'DISBURSE', form());
  const authorisationId = await consent(deps, { id: applicationId, applicantId });
  const contractId = await contract(place.owner, applicationId);
  await evidence(place, applicationId, contractId);
  const payoutId = await makePayout(deps, applicationId, contractId);
  if (state !== 'READY')
    await deps.db.transaction().execute((tx) => markReleased(tx, payoutId, 'finance-qian', 1));
  if (state === 'SENT') await markSent(deps.db, payoutId);
  return { applicationId, applicantId, contractId, payoutId, authorisationId };
}
