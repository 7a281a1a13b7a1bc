/** The audit trail of the loan: every stretch of the chain computed link by link, up to a seal that holds. */
import { z } from 'zod';
import { entryDigest, linkOver } from '../../../activities/audit/link.ts';
import { EVIDENCE_PATHS as PATHS } from '../../../domain/evidence.ts';
import { createSm3 } from '../../../platform/crypto/sm3.ts';
import { type Bundle, type Manifest, publicKeyOf, signedBy } from '../bundle.ts';
import { BundleFault, type Fault } from '../findings.ts';
import { stampedAt } from '../stamps.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const maybe = z.string().nullable();
const entryForm = z.strictObject({
  id: z.number().int(),
  at: z.string(),
  actor: z.string(),
  role: maybe,
  via: maybe,
  action: z.string(),
  subjectKind: z.string(),
  subjectId: z.string(),
  result: z.string(),
  reason: maybe,
  origin: maybe,
  requestId: maybe,
  detail: z.string(),
});
const lineForm = z.union([
  z.strictObject({ after: z.number().int().min(0), value: digest }),
  z.strictObject({ position: z.number().int(), day: z.string(), entry: entryForm }),
  z.strictObject({ position: z.number().int(), sm3: digest }),
  z.strictObject({ seal: z.number().int() }),
]);
const sealForm = z.tuple([
  z.literal('xindai-audit-seal-1'),
  z.number().int(),
  z.string(),
  z.number().int(),
  digest,
  digest,
]);

interface SealFacts {
  readonly position: number;
  readonly value: string;
  readonly stampedAt: Date;
}

function judgeSeal(bundle: Bundle, seal: Manifest['audit']['seals'][number]): SealFacts {
  const { trust, manifest } = bundle;
  const wrong = (reason: string) => new BundleFault('AUDIT_SEAL_WRONG', seal.text, reason);
  const path = manifest.audit.keys[seal.keyId];
  if (path === undefined) throw wrong('KEY_UNKNOWN');
  const key = publicKeyOf(bundle.file(path), path);
  if (!trust.auditKeys.includes(key)) throw wrong('KEY_NOT_TRUSTED');
  const text = bundle.file(seal.text);
  const signature = bundle.file(seal.signature);
  if (!signedBy(key, text, signature)) throw wrong('SIGNATURE_WRONG');
  const [, number, , position, value] = bundle.json(seal.text, sealForm);
  if (number !== seal.number) throw wrong('OTHER_NUMBER');
  const imprint = createSm3().update(text).update(signature).digest();
  const stamped = { imprint, token: seal.token, code: 'AUDIT_SEAL_WRONG' } as const;
  return { position, value, stampedAt: stampedAt(bundle, stamped) };
}

type Line = z.infer<typeof lineForm>;

function parseLine(text: string, number: number): Line {
  try {
    return lineForm.parse(JSON.parse(text));
  } catch {
    throw new BundleFault('MALFORMED', `${PATHS.auditExcerpt}:${number}`);
  }
}

/** Walks the excerpt. Gives how many entries it proves. @throws BundleFault at the first place that does not hold */
function walk(lines: readonly string[], seals: ReadonlyMap<number, SealFacts>): number {
  let at: { readonly position: number; readonly value: string } | null = null;
  let shown = 0;
  for (const [index, text] of lines.entries()) {
    const line = parseLine(text, index + 1);
    if ('after' in line) {
      if (at !== null) throw new BundleFault('AUDIT_LINK_MISSING', `position ${at.position + 1}`);
      at = { position: line.after, value: line.value };
      continue;
    }
    if (at === null) throw new BundleFault('AUDIT_LINK_MISSING', `line ${index + 1}`);
    if ('seal' in line) {
      const seal = seals.get(line.seal);
      if (seal === undefined) throw new BundleFault('AUDIT_SEAL_WRONG', `seal ${line.seal}`);
      if (seal.position !== at.position)
        throw new BundleFault('AUDIT_LINK_MISSING', `position ${at.position + 1}`);
      if (seal.value !== at.value)
        throw new BundleFault('AUDIT_CHAIN_BROKEN', `up to position ${at.position}`);
      at = null;
      continue;
    }
    if (line.position !== at.position + 1)
      throw new BundleFault('AUDIT_LINK_MISSING', `position ${at.position + 1}`);
    const own = 'entry' in line;
    const over: string = own ? entryDigest(line.position, line.day, line.entry) : line.sm3;
    at = { position: line.position, value: linkOver(at.value, over) };
    if (own) shown += 1;
  }
  if (at !== null) throw new BundleFault('AUDIT_LINK_MISSING', `position ${at.position + 1}`);
  return shown;
}

/** Null when the bundle has no excerpt of the trail. */
export function checkAudit(bundle: Bundle): readonly Fault[] | null {
  const { audit } = bundle.manifest;
  const lines = bundle.file(PATHS.auditExcerpt).toString('utf8').split('\n').filter(Boolean);
  if (lines.length === 0 && audit.seals.length === 0) return null;
  const seals = new Map(audit.seals.map((seal) => [seal.number, judgeSeal(bundle, seal)]));
  const proved = walk(lines, seals);
  if (proved === audit.proved) return [];
  const reason = `${proved} of ${audit.proved}`;
  return [{ code: 'AUDIT_COUNT_DIFFERS', place: PATHS.auditExcerpt, reason }];
}
