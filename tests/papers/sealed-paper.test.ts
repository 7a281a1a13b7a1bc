/** The sealed contract: the shown bytes unchanged, a seal that is seen, and a signature that an ordinary reader believes. */
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderContractPdf } from '../../activities/contract/contract-document.ts';
import { loadFontSet } from '../../activities/contract/fonts.ts';
import { type PaperSeal, sealPaper } from '../../activities/sign/sealed-paper.ts';
import type { ReaderKey } from '../../platform/crypto/reader-signature.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { createFileLenderSeal } from '../../platform/key-service/lender-seal.ts';
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { makePaperSealKey } from '../../platform/paper-seal-key.ts';
import { contractFixture, FONTS_MISSING } from './fixtures.ts';
import { pictureOf, POPPLER_MISSING } from './poppler.ts';

const PDFSIG_MISSING = ((): string | null => {
  try {
    execFileSync('pdfsig', ['-v'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'poppler-utils (pdfsig) is not installed';
  }
})();

/** What pdfsig says; it leaves with an error for a signature that is not valid. */
function pdfsig(pdf: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'xindai-pdfsig-'));
  try {
    writeFileSync(join(folder, 'p.pdf'), pdf);
    return execFileSync('sh', ['-c', 'pdfsig p.pdf 2>&1 || true'], {
      cwd: folder,
      encoding: 'utf8',
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The box of pixels, in points, in which one page of the sealed contract differs from the shown one; null for none. */
function changedBox(page: number) {
  const [before, after] = [pictureOf(shown, page), pictureOf(sealed, page)];
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0];
  let pixels = 0;
  for (let y = 0; y < after.height; y += 1) {
    for (let x = 0; x < after.width; x += 1) {
      if (before.at(x, y) === after.at(x, y)) continue;
      pixels += 1;
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
    }
  }
  const { scale } = after;
  return pixels === 0
    ? null
    : { pixels, width: (right - left) / scale, height: (bottom - top) / scale };
}

let shown: Buffer;
let sealed: Buffer;
let seal: PaperSeal;

describe.skipIf(FONTS_MISSING ?? POPPLER_MISSING ?? PDFSIG_MISSING)('a sealed contract', () => {
  beforeAll(async () => {
    const fonts = loadFontSet();
    shown = await renderContractPdf(contractFixture(), fonts);
    const keys = { keyId: 'seal-1', ...generateSm2KeyPair() };
    seal = {
      name: '示例银行股份有限公司',
      reason: '个人借款合同 XD202611240001',
      at: new Date('2026-11-24T04:00:00Z'),
      faces: fonts.bold,
      key: await createFileLenderSeal(keys, await makePaperSealKey()).readerKey(),
    };
    sealed = await sealPaper(shown, seal);
    // For veraPDF, which is no part of the tests (docs/papers.md).
    const folder = process.env['PAPERS_TO'];
    if (folder === undefined) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'CONTRACT_SEALED.pdf'), sealed);
  });

  it('begins with the very bytes that were shown, so that the signed digest is computed from it again', () => {
    expect(sm3Hex(sealed.subarray(0, shown.length))).toBe(sm3Hex(shown));
  });

  it('is valid for pdfsig, and covers the whole file', () => {
    const said = pdfsig(sealed);
    expect(said).toContain('Signature is Valid.');
    expect(said).toContain('Total document signed');
    expect(said).toContain('Signing Hash Algorithm: SHA-256');
    expect(said).toContain('Nov 24 2026');
  });

  it('is not valid once a byte is changed, before or after the place of the signature', () => {
    for (const at of [Math.floor(shown.length / 2), shown.length + 60]) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(pdfsig(changed)).not.toContain('Signature is Valid.');
    }
  });

  it('shows the seal on one page, and nothing else changes', () => {
    const pages = [1, 2, 3, 4, 5].map((page) => changedBox(page));
    const [box, ...others] = pages.filter((one) => one !== null);
    expect(others).toEqual([]);
    expect(box?.pixels).toBeGreaterThan(5_000);
    expect(box?.width).toBeLessThan(121);
    expect(box?.height).toBeLessThan(121);
  });

  it('is refused with another’s key, and for a file that is not built as ours', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const foreign: ReaderKey = {
      ...seal.key,
      sign: async (bytes) => sign('sha256', bytes, privateKey),
    };
    await expect(sealPaper(shown, { ...seal, key: foreign })).rejects.toMatchObject({
      code: 'KEY_INVALID',
    });
    for (const pdf of [Buffer.from('no paper'), shown.subarray(0, 9_000), sealed])
      await expect(sealPaper(pdf, seal)).rejects.toMatchObject({ code: 'PAPER_STRUCTURE' });
  });

  it('has the seal at the top of the first page where the contract names no place', async () => {
    const placeless = Buffer.from(
      shown.toString('latin1').replaceAll('(lender-seal)', '(lender-snow)'),
      'latin1',
    );
    const other = await sealPaper(placeless, seal);
    expect(pdfsig(other)).toContain('Signature is Valid.');
  });
});
