/** Whether a co-signer is whom they were named as: their name and number belong together, by the word of the identity service. */
import { z } from 'zod';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { askOnce } from '../outside.ts';
import { cancellationSignal } from '../signal.ts';
import { identityRequest, identityStep } from './certificate.ts';
import type { CoSigner } from '../co-signers.ts';

const match = z.enum(['MATCH', 'MISMATCH', 'NO_DATA']);

/**
 * Asked once per co-signer and contract, after they consented and before a certificate is asked for.
 * @throws a final failure CO_SIGNER_IDENTITY_DIFFERS for anything but a match: people look, nothing is signed
 */
export async function checkCoSigner(
  deps: ActivityDeps,
  applicationId: string,
  { contractId, signer }: { readonly contractId: string; readonly signer: CoSigner },
): Promise<void> {
  const of = { contractId, party: signer.party };
  const { name, idNumber } = signer.person;
  const requestNo = identityRequest(applicationId, of);
  const fieldCipher = await deps.vault.of(deps.db, applicationId);
  const answer = await overTheBorder(() =>
    askOnce(
      { db: deps.db, fieldCipher },
      {
        requestNo,
        applicationId,
        step: identityStep(of),
        service: 'identity',
        operation: 'two-factor',
      },
      (number) =>
        deps.ports.identity.twoFactor({
          requestNo: number,
          signal: cancellationSignal(),
          name,
          idNumber,
        }),
      match,
    ),
  );
  if (answer.kind !== 'FOUND' || answer.data !== 'MATCH')
    throw finalFailure('CO_SIGNER_IDENTITY_DIFFERS');
}
