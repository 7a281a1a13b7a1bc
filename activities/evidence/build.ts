/** Builds an evidence bundle: gathered, streamed into the object store under the person's key, and entered once. */
import { recordDocument } from '../../db/queries/apply.ts';
import { recordAudit } from '../../db/queries/audit.ts';
import {
  markEvidenceBuilt,
  readEvidenceBundle,
  releaseBundle,
  takeBundle,
} from '../../db/queries/evidence.ts';
import { finalFailure, overTheBorder } from '../failures.ts';
import { derivedUuid } from '../idempotency.ts';
import { cancellationSignal } from '../signal.ts';
import { evidenceBundle } from './files.ts';
import { type EvidenceDeps, gatherEvidence } from './gather.ts';

export interface BuildEvidenceInput {
  readonly bundleId: string;
}

/**
 * Idempotent: a bundle that is built stays as it is. An attempt after one that died overwrites what that one left under
 * the same key; two at the same time go one after the other.
 */
export async function buildEvidence(
  deps: EvidenceDeps,
  { bundleId }: BuildEvidenceInput,
): Promise<void> {
  await deps.db.connection().execute(async (session) => {
    await takeBundle(session, bundleId);
    try {
      await build(deps, bundleId);
    } finally {
      await releaseBundle(session, bundleId);
    }
  });
}

async function build(deps: EvidenceDeps, bundleId: string): Promise<void> {
  const { db, vault, objects, lenderSeal, ports } = deps;
  const bundle = await readEvidenceBundle(db, bundleId);
  if (bundle === undefined) throw finalFailure('NO_SUCH_BUNDLE');
  if (bundle.state === 'READY') return;
  const { application_id: applicationId } = bundle;
  const builtAt = new Date();
  const material = await gatherEvidence(deps, bundle, builtAt);
  const bytes = evidenceBundle(material, {
    sign: (digest) => lenderSeal.sign(digest),
    stamp: async (imprint) =>
      (await overTheBorder(() => ports.tsa.stamp(imprint, cancellationSignal()))).reply,
  });
  const objectKey = `evidence/${bundleId}.zip`;
  const kept = await objects.putStream(objectKey, bytes, await vault.of(db, applicationId));
  const documentId = derivedUuid(bundleId, 'evidence');
  await db.transaction().execute(async (tx) => {
    await recordDocument(tx, {
      id: documentId,
      applicationId,
      kind: 'EVIDENCE',
      objectKey,
      sm3: kept.sm3,
      sizeBytes: kept.size,
      mediaType: 'application/zip',
    });
    if (!(await markEvidenceBuilt(tx, bundleId, documentId, builtAt))) return;
    await recordAudit(tx, {
      actor: 'system',
      role: null,
      via: 'worker',
      action: 'evidence.build',
      subjectKind: 'application',
      subjectId: applicationId,
      result: 'DONE',
      detail: { bundle: bundleId, sm3: kept.sm3, audience: bundle.audience },
    });
  });
}
