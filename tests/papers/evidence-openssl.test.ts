/** The README of a bundle: its commands, run by bash with plain OpenSSL in the unpacked folder, and what they find. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArchiveBytes } from '../../tools/verify-evidence/archive.ts';
import { type Fixture, openFixture } from './evidence-fixture.ts';

let fixture: Fixture;
const folder = mkdtempSync(join(tmpdir(), 'xindai-readme-'));
beforeAll(async () => {
  fixture = await openFixture();
});
afterAll(async () => {
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Unpacks a bundle into a fresh folder. */
async function unpack(name: string, bundle: Buffer): Promise<string> {
  const to = join(folder, name);
  for (const [path, bytes] of await readArchiveBytes(bundle)) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), bytes);
  }
  return to;
}

/** Every command of the README, as one script that stops at the first that fails. */
function commandsOf(readme: string): string {
  return Array.from(readme.matchAll(/```sh\n([\s\S]*?)```/g), ([, block]) => block).join('\n');
}

const run = (place: string) => {
  const script = commandsOf(readFileSync(join(place, 'README.txt'), 'utf8'));
  return spawnSync('bash', ['-c', script], { cwd: place, encoding: 'utf8' });
};

describe('the README’s commands', () => {
  it('all succeed on a bundle that nobody touched', async () => {
    const place = await unpack('whole', await fixture.build());
    const { status, stderr, stdout } = run(place);
    expect({ status, stderr: stderr.slice(-600), stdout: stdout.slice(-600) }).toMatchObject({
      status: 0,
    });
    // Two signatures under the contract, manifest, list, recording and seal.
    expect(stdout.match(/Verified OK/g)).toHaveLength(6);
    // Manifest, before, after, recording, seal.
    expect(stdout.match(/Verification: OK/g)).toHaveLength(5);
    expect(stdout.match(/certificate-\d\.pem: OK/g)).toHaveLength(3);
  });

  it.each([
    'papers/contract.pdf',
    'signatures/applicant/signature.der',
    'signatures/lender/signature.der',
    'tokens/after.tsr',
    'audit/seal-1.sig',
    'manifest.json',
  ])('fail when a byte of %s is another one', async (path) => {
    const place = await unpack(path.replaceAll('/', '-'), await fixture.build());
    const bytes = readFileSync(join(place, path));
    const at = bytes.length - 3;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    writeFileSync(join(place, path), bytes);
    expect(run(place).status).not.toBe(0);
  });

  it('show the serial number of a revoked certificate in the list', async () => {
    const { authority } = fixture;
    const revocationList = authority.crl([
      { serial: '5a01', at: new Date('2026-11-24T01:00:00Z') },
    ]);
    const place = await unpack('revoked', await fixture.build({ revocationList }));
    expect(run(place).stdout).toMatch(/Serial Number: 5A01/);
    const serial = execFileSync(
      'openssl',
      ['x509', '-in', 'signatures/applicant/certificate-1.pem', '-noout', '-serial'],
      { cwd: place, encoding: 'utf8' },
    );
    expect(serial.trim()).toBe('serial=5A01');
  });
});
