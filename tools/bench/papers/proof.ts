/** Signing, stamping, and building and verifying a whole evidence bundle, with authorities in this process. */
import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { sm2Sign } from '../../../platform/crypto/sm2.ts';
import { verifyTimestampReply } from '../../../platform/crypto/timestamp.ts';
import { after, openFixture, type Fixture } from '../../../tests/papers/evidence-fixture.ts';
import { readArchiveBytes } from '../../verify-evidence/archive.ts';
import { verifyArchive } from '../../verify-evidence/verify.ts';
import { percentile } from '../in-flight.ts';
import { type Result, result } from '../results.ts';

const ROUNDS = 30;

async function times(work: () => Promise<unknown>, rounds = ROUNDS): Promise<readonly number[]> {
  for (let n = 0; n < 3; n += 1) await work();
  const taken: number[] = [];
  for (let n = 0; n < rounds; n += 1) {
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  return taken.toSorted((a, b) => a - b);
}

/** One signature, one stamp asked for and verified, as sealing a contract does twice. */
async function signAndStamp({ sealKey, stampAt, material }: Fixture): Promise<void> {
  const imprint = randomBytes(32);
  sm2Sign(sealKey.privateKey, imprint);
  const reply = await stampAt(imprint, after(1));
  const verdict = verifyTimestampReply({
    imprint,
    algorithm: 'SM3',
    reply,
    trustedCertificates: material.trust.tsaCertificatesPem,
  });
  if (!verdict.ok) throw new Error(`the bench's stamp was refused: ${verdict.reason}`);
}

/** The README's commands in an unpacked folder: what verifying costs by plain OpenSSL. */
function byOpenSsl(folder: string): number {
  const readme = readFileSync(join(folder, 'README.txt'), 'utf8');
  const script = Array.from(readme.matchAll(/```sh\n([\s\S]*?)```/g), ([, block]) => block);
  const start = performance.now();
  const { status } = spawnSync('bash', ['-c', script.join('\n')], { cwd: folder });
  if (status !== 0) throw new Error('the README’s commands failed');
  return performance.now() - start;
}

async function unpack(bundle: Buffer): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'xindai-bench-'));
  for (const [path, bytes] of await readArchiveBytes(bundle)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}

export async function measureProof(say: (line: string) => void): Promise<readonly Result[]> {
  const fixture = await openFixture();
  try {
    const signing = await times(() => signAndStamp(fixture), 100);
    const building = await times(() => fixture.build());
    const bundle = await fixture.build();
    const read = () => readArchiveBytes(bundle);
    const { holds } = await verifyArchive(read);
    if (!holds) throw new Error('the bench’s bundle does not hold');
    say(`a bundle has ${(await read()).size} files, ${bundle.length} bytes`);
    const verifying = await times(() => verifyArchive(read));
    const folder = await unpack(bundle);
    const openssl = Array.from({ length: 3 }, () => byOpenSsl(folder)).toSorted((a, b) => a - b);
    rmSync(folder, { recursive: true, force: true });
    return [
      result('sign and stamp, p50', percentile(signing, 0.5), 'ms'),
      result('sign and stamp, p95', percentile(signing, 0.95), 'ms'),
      result('evidence bundle, built, p50', percentile(building, 0.5), 'ms'),
      result(
        'evidence bundle, verified, p50',
        percentile(verifying, 0.5),
        'ms',
        percentile(openssl, 0.5),
      ),
      result('evidence bundle, verified, p95', percentile(verifying, 0.95), 'ms'),
    ];
  } finally {
    await fixture.close();
  }
}
