/** The person's part: what was consented to, how the will to sign is on record, and what was decided. */
import { z } from 'zod';
import { EVIDENCE_PATHS as PATHS } from '../../../domain/evidence.ts';
import { sm3Hex } from '../../../platform/crypto/sm3.ts';
import type { Bundle } from '../bundle.ts';
import type { Fault } from '../findings.ts';

const authorisationsForm = z.array(
  z.object({
    id: z.uuid(),
    textSm3: z.string(),
    text: z.string(),
    acts: z.array(z.string()),
    agreedAt: z.string().nullable(),
    validUntil: z.string().nullable(),
  }),
);
const ledgerForm = z.array(
  z.object({
    authorisationId: z.string(),
    purpose: z.string(),
    act: z.string(),
    textSm3: z.string(),
    at: z.string(),
  }),
);

export function checkConsents(bundle: Bundle): readonly Fault[] {
  const authorisations = bundle.json(PATHS.authorisations, authorisationsForm);
  const ledger = bundle.json(PATHS.ledger, ledgerForm);
  const faults: Fault[] = [];
  for (const one of authorisations) {
    if (sm3Hex(bundle.file(one.text)) !== one.textSm3)
      faults.push({ code: 'CONSENT_TEXT_DIFFERS', place: one.text });
    for (const act of one.acts) {
      const granted = ledger.some(
        (entry) =>
          entry.act === 'GRANT' &&
          entry.authorisationId === one.id &&
          entry.purpose === act &&
          entry.textSm3 === one.textSm3,
      );
      if (!granted)
        faults.push({ code: 'CONSENT_LEDGER_DIFFERS', place: PATHS.ledger, reason: act });
    }
  }
  const signed = Math.min(...bundle.manifest.signatures.map(({ at }) => Date.parse(at)));
  const stoodInTime = authorisations.some(
    ({ agreedAt, acts }) => agreedAt !== null && Date.parse(agreedAt) <= signed && acts.length > 0,
  );
  if (!stoodInTime) faults.push({ code: 'CONSENT_MISSING', place: PATHS.authorisations });
  return faults;
}

/** How long a code for signing is good. */
const CODE_MS = 5 * 60_000;

const signingForm = z
  .object({ digestSm3: z.string(), codeSentAt: z.iso.datetime(), confirmedAt: z.iso.datetime() })
  .nullish();
type Signing = z.infer<typeof signingForm>;

const intentForm = z.object({
  shownSm3: z.string().nullable(),
  signedSm3: z.string(),
  signedAt: z.string().nullable(),
  identityChecks: z.record(z.string(), z.string()),
  /** Absent in bundles from before codes were asked for. */
  signing: signingForm,
  /** Absent in bundles from before others could sign beside the borrower. */
  coSigners: z
    .array(
      z.object({
        party: z.string(),
        provedAt: z.iso.datetime().nullable(),
        signing: signingForm,
      }),
    )
    .optional(),
});

/** Whether the code came back while it was good. */
function inTime(signing: Signing): boolean {
  const waited = signing ? Date.parse(signing.confirmedAt) - Date.parse(signing.codeSentAt) : 0;
  return waited >= 0 && waited <= CODE_MS;
}

/** Everybody whom the intent names beside the borrower has signed, and nobody else has; each by a code of their own. */
function checkCoSigners(
  { manifest }: Bundle,
  coSigners: NonNullable<z.infer<typeof intentForm>['coSigners']>,
): readonly Fault[] {
  const faults: Fault[] = [];
  const named = new Set(['APPLICANT', 'LENDER', ...coSigners.map(({ party }) => party)]);
  for (const { party, signature } of manifest.signatures)
    if (!named.has(party)) faults.push({ code: 'PARTY_UNNAMED', place: signature });
  for (const { party, provedAt, signing } of coSigners) {
    if (!manifest.signatures.some((one) => one.party === party))
      faults.push({ code: 'PARTY_MISSING', place: party });
    if (!signing || provedAt === null || !inTime(signing))
      faults.push({ code: 'INTENT_INCOMPLETE', place: PATHS.intent, reason: party });
    if (signing && signing.digestSm3 !== manifest.contractSm3)
      faults.push({ code: 'DIGEST_DIFFERS', place: PATHS.intent, reason: party });
  }
  return faults;
}

export function checkIntent(bundle: Bundle): readonly Fault[] {
  const intent = bundle.json(PATHS.intent, intentForm);
  const { contractSm3 } = bundle.manifest;
  const faults: Fault[] = [];
  const differs = (reason: string) =>
    faults.push({ code: 'DIGEST_DIFFERS', place: PATHS.intent, reason });
  if (intent.signedSm3 !== contractSm3) differs('SIGNED');
  if (intent.shownSm3 !== null && intent.shownSm3 !== contractSm3) differs('SHOWN');
  const { signing } = intent;
  if (signing && signing.digestSm3 !== contractSm3) differs('CODE');
  const lacking = [
    inTime(signing) ? null : 'CODE',
    intent.shownSm3 === null ? 'SHOWN' : null,
    intent.signedAt === null ? 'SIGNED_AT' : null,
    intent.identityChecks['FACE'] === undefined ? 'FACE' : null,
  ].filter((one) => one !== null);
  for (const reason of lacking)
    faults.push({ code: 'INTENT_INCOMPLETE', place: PATHS.intent, reason });
  return [...faults, ...checkCoSigners(bundle, intent.coSigners ?? [])];
}

const decisionsForm = z.array(
  z.object({ round: z.number(), recordSm3: z.string().nullable(), record: z.string().nullable() }),
);

/** Null when no decision's record is shown: the digests alone prove nothing by themselves. */
export function checkDecision(bundle: Bundle): readonly Fault[] | null {
  const decisions = bundle.json(PATHS.decisions, decisionsForm);
  const shown = decisions.filter(({ record }) => record !== null);
  if (shown.length === 0) return null;
  return shown.flatMap(({ record, recordSm3 }) =>
    record !== null && sm3Hex(bundle.file(record)) !== recordSm3
      ? [{ code: 'DECISION_DIFFERS', place: record } as const]
      : [],
  );
}
