/** Seals a recording: a manifest of everything it consists of, signed by the lender and stamped by a third party. */
import { readVerificationRequests } from '../../db/queries/verifications.ts';
import { keepManifest } from '../../db/queries/recording-evidence.ts';
import { listSegments } from '../../db/queries/recordings.ts';
import { canonicalJson } from '../../domain/canonical-json.ts';
import { chunkMetaText } from '../../domain/recording.ts';
import { CHAIN_START, chainLink } from '../../platform/crypto/recording-chain.ts';
import { sm3, sm3Hex } from '../../platform/crypto/sm3.ts';
import type { ActivityDeps } from '../deps.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { cancellationSignal } from '../signal.ts';
import { type ClosedSession, closedSession } from './recording-session.ts';
import { sealDigest } from './lender-sign.ts';

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

/** Every chunk with the chain after it. @throws a final failure when the chain is not the one that was recorded */
function chained({ chunks, row }: ClosedSession) {
  let chain = CHAIN_START;
  const links = chunks.map(({ number, segment, sizeBytes, fromMs, toMs, sm3: digest }) => {
    const meta = { number, segment, sizeBytes, fromMs, toMs };
    chain = chainLink(chain, digest, chunkMetaText(meta));
    return { ...meta, sm3: digest, chainSm3: chain };
  });
  if (chain !== row.chain_sm3 || links.length !== row.chunk_count)
    throw finalFailure('RECORDING_CHAIN_DIFFERS');
  return links;
}

/** The text that is signed: the same for every attempt, for it is made of what does not change any more. */
async function manifestOf(
  deps: Pick<ActivityDeps, 'db' | 'lender'>,
  session: ClosedSession,
): Promise<string> {
  const { row, marks } = session;
  const nodes = row.script?.map(({ id, text }) => ({ id, textSm3: sm3Hex(text) })) ?? null;
  return canonicalJson({
    format: 'xindai-recording-manifest/1',
    recordingId: row.id,
    applicationId: row.application_id,
    contractId: row.contract_id,
    contractSm3: row.contract_sm3,
    kind: row.kind,
    lender: deps.lender.uscc,
    parties: {
      staff:
        row.attended_by === null ? null : { subject: row.attended_by, at: iso(row.attended_at) },
      borrower: await readVerificationRequests(deps.db, row.application_id),
    },
    consentAt: iso(row.consent_at),
    openedAt: iso(row.created_at),
    completedAt: iso(row.completed_at),
    script: nodes === null ? null : { code: row.script_code, version: row.script_version, nodes },
    // What was answered stays sealed with the session.
    marks: marks.map(({ node, segment, fromMs, toMs }) => ({ node, segment, fromMs, toMs })),
    segments: await listSegments(deps.db, row.id),
    chunks: chained(session),
    chainSm3: row.chain_sm3,
    qc: row.qc,
  });
}

/** Signs SM3 of the manifest with the lender's seal key and has it stamped; what is stored stands. */
export async function sealRecording(
  deps: Pick<ActivityDeps, 'db' | 'vault' | 'lender' | 'lenderSeal' | 'ports'>,
  { recordingId }: { readonly recordingId: string },
): Promise<void> {
  const session = await closedSession(deps, recordingId);
  if (session.row.manifest !== null) return;
  if (session.row.qc === null) throw finalFailure('RECORDING_UNINSPECTED');
  const text = await manifestOf(deps, session);
  const digest = sm3(text);
  const { signature, publicKey } = await sealDigest(deps, digest);
  const { reply, generatedAt } = await overTheBorder(() =>
    deps.ports.tsa.stamp(digest, cancellationSignal()),
  );
  await keepManifest(deps.db, recordingId, {
    text,
    sm3: digest.toString('hex'),
    signature,
    publicKey,
    token: reply,
    stampedAt: generatedAt,
  });
}
