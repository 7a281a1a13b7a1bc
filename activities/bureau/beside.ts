/**
 * Asks Baihang's watch list and verification by themselves, where it has no report that would hold them. What they do not
 * tell stays missing: they never hold up a story that has its report's answer.
 */
import type { IdentityPage } from '../../domain/apply.ts';
import type { FieldCipher } from '../../platform/crypto/field-cipher.ts';
import { ApplicationFailure } from '@temporalio/common';
import type { ActivityDeps } from '../deps.ts';
import { requestNumber } from '../outside.ts';
import { BESIDE_STEPS } from '../bureau-variables.ts';
import { askBureau } from './ask.ts';
import { register } from './desk.ts';
import type { Pulling } from './pull.ts';

async function askOne(
  deps: ActivityDeps,
  pulling: Pulling,
  cipher: FieldCipher,
  person: IdentityPage,
  operation: 'watchlist' | 'verify',
): Promise<void> {
  const { applicationId, authorisation, validityDays } = pulling;
  const question = { ...pulling.question, operation };
  const step = BESIDE_STEPS[operation];
  const requestNo = requestNumber(applicationId, step);
  const answer = await askBureau(deps, {
    question,
    authorisation,
    person,
    cipher,
    requestNo,
    step,
    validityDays,
  });
  const data = answer.kind === 'FOUND' ? answer.data : null;
  const { charged } = answer;
  await register(deps, deps.db, question, authorisation, { requestNo, data, charged });
}

export async function askBeside(
  deps: ActivityDeps,
  pulling: Pulling,
  cipher: FieldCipher,
  person: IdentityPage,
): Promise<void> {
  for (const operation of ['watchlist', 'verify'] as const) {
    try {
      await askOne(deps, pulling, cipher, person, operation);
    } catch (error) {
      if (!(error instanceof ApplicationFailure)) throw error;
      const { applicationId } = pulling;
      deps.log.warn({ applicationId, operation, code: error.type }, 'baihang did not tell');
    }
  }
}
