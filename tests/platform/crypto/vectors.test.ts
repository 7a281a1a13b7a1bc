/**
 * The published vectors of regulation.md §4.3, and OpenSSL as the judge in both directions.
 */
import { createCipheriv } from 'node:crypto';
import { sm2 as otherSm2 } from 'sm-crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { secondOpinionVerify } from '../../../platform/crypto/second-opinion.ts';
import { runCryptoSelfTest } from '../../../platform/crypto/self-test.ts';
import {
  derToRawSignature,
  generateSm2KeyPair,
  rawToDerSignature,
  sm2Decrypt,
  sm2Encrypt,
  sm2PrivateKeyFromPem,
  sm2PrivateKeyPem,
  sm2PublicKeyFromSpki,
  sm2PublicKeyOf,
  sm2Sign,
  sm2SpkiDer,
  sm2SpkiPem,
  sm2Verify,
} from '../../../platform/crypto/sm2.ts';
import { createSm3, hmacSm3, sm3Hex } from '../../../platform/crypto/sm3.ts';
import { createSm4Ctr, sm4Ctr } from '../../../platform/crypto/sm4.ts';
import { openBench } from './openssl.ts';

const DISTID = 'distid:1234567812345678';
const KEY = Buffer.from('0123456789ABCDEFFEDCBA9876543210', 'hex');
const IV = Buffer.from('000102030405060708090A0B0C0D0E0F', 'hex');
const P = Buffer.from('AAAAAAAABBBBBBBBCCCCCCCCDDDDDDDDEEEEEEEEFFFFFFFFAAAAAAAABBBBBBBB', 'hex');
const D = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
const X = '09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020';
const Y = 'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
const R = 'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3';
const S = 'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa';
const SIGNATURE = Buffer.from(`3046022100${R}022100${S}`, 'hex');
const CIPHERTEXT = Buffer.from(
  '307C022004EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73022100E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0042059983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766041321886CA989CA9C7D58087307CA93092D651EFA',
  'hex',
);
const message = Buffer.from('message digest');

const bench = openBench();
afterAll(() => {
  bench.remove();
});

describe('SM3', () => {
  it('gives the published digests', () => {
    expect(sm3Hex('abc')).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
    expect(sm3Hex('abcd'.repeat(16))).toBe(
      'debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732',
    );
    expect(sm3Hex('')).toBe('1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b');
    expect(sm3Hex('a'.repeat(1_000_000))).toBe(
      'c8aaf89429554029e231941a2acc0ad61ff2a5acd8fadd25847a3a732b3b02c3',
    );
  });

  it('gives the same digest piece by piece', () => {
    expect(createSm3().update('a').update('bc').digest('hex')).toBe(sm3Hex('abc'));
  });

  it('gives the published HMAC', () => {
    const mac = hmacSm3(Buffer.from('key'), 'The quick brown fox jumps over the lazy dog');
    expect(mac.toString('hex')).toBe(
      'bd4a34077888162b210645b8ebf74b9af357303789357a27c7fc457244ebd398',
    );
  });
});

describe('SM4', () => {
  function native(mode: string, iv: Buffer | null): string {
    const cipher = createCipheriv(mode, KEY, iv);
    cipher.setAutoPadding(false);
    return Buffer.concat([cipher.update(P), cipher.final()])
      .toString('hex')
      .toUpperCase();
  }

  it('gives the published ciphertexts in every mode', () => {
    expect(native('sm4-ecb', null)).toBe(
      '5EC8143DE509CFF7B5179F8F474B86192F1D305A7FB17DF985F81C8482192304',
    );
    expect(native('sm4-cbc', IV)).toBe(
      '78EBB11CC40B0A48312AAEB2040244CB4CB7016951909226979B0D15DC6A8F6D',
    );
    expect(sm4Ctr(KEY, IV, P).toString('hex').toUpperCase()).toBe(
      'AC3236CB861DD316E6413B4E3C7524B781E9E3A5BF5C03FE703BB94F3ABB16A1',
    );
  });

  it('gives the published block after 1 and after 1,000,000 rounds of encryption', () => {
    const cipher = createCipheriv('sm4-ecb', KEY, null);
    cipher.setAutoPadding(false);
    let block = cipher.update(KEY);
    expect(block.toString('hex')).toBe('681edf34d206965e86b3e94f536e4246');
    for (let round = 1; round < 1_000_000; round += 1) block = cipher.update(block);
    expect(block.toString('hex')).toBe('595298c7c6fd271f0402f804c33d3f66');
  });

  it('gives the same as a stream', async () => {
    const stream = createSm4Ctr(KEY, IV);
    stream.write(P.subarray(0, 5));
    stream.end(P.subarray(5));
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces)).toEqual(sm4Ctr(KEY, IV, P));
  });

  it('refuses keys and counters of another size', () => {
    expect(() => sm4Ctr(KEY.subarray(1), IV, P)).toThrow('16 bytes');
    expect(() => sm4Ctr(KEY, IV.subarray(1), P)).toThrow('16 bytes');
  });
});

describe('SM2', () => {
  it('accepts the published signature and encodes it to the byte', () => {
    expect(sm2PublicKeyOf(D)).toBe(`04${X}${Y}`);
    expect(sm2Verify(`04${X}${Y}`, message, SIGNATURE)).toBe(true);
    expect(secondOpinionVerify(`04${X}${Y}`, message, SIGNATURE)).toBe(true);
    const other = Buffer.from('message digesu');
    expect(sm2Verify(`04${X}${Y}`, other, SIGNATURE)).toBe(false);
    expect(secondOpinionVerify(`04${X}${Y}`, other, SIGNATURE)).toBe(false);
    expect(derToRawSignature(SIGNATURE).toString('hex')).toBe(R + S);
    expect(rawToDerSignature(Buffer.from(R + S, 'hex'))).toEqual(SIGNATURE);
  });

  it('decrypts the published ciphertext', () => {
    expect(sm2Decrypt(D, CIPHERTEXT).toString()).toBe('encryption standard');
  });

  it('writes the published SubjectPublicKeyInfo', () => {
    expect(sm2SpkiDer(`04${X}${Y}`).toString('hex')).toBe(
      `3059301306072a8648ce3d020106082a811ccf5501822d03420004${X}${Y}`,
    );
  });

  it('makes signatures that OpenSSL accepts, and only for the signed bytes', () => {
    const pair = generateSm2KeyPair();
    const pub = bench.file('pub.pem', sm2SpkiPem(pair.publicKey));
    const data = bench.file('data', message);
    const sig = bench.file('sig', sm2Sign(pair.privateKey, message));
    const check = ['dgst', '-sm3', '-verify', pub, '-sigopt', DISTID, '-signature', sig];
    expect(bench.openssl(...check, data).text).toContain('Verified OK');
    expect(bench.openssl(...check, bench.file('other', 'message digesu')).ok).toBe(false);
  });

  it('accepts signatures that OpenSSL makes with a key of ours', () => {
    const pair = generateSm2KeyPair();
    const key = bench.file('key.pem', sm2PrivateKeyPem(pair.privateKey));
    const data = bench.file('data', message);
    const sign = ['dgst', '-sm3', '-sign', key, '-sigopt', DISTID, '-out', 'made', data];
    expect(bench.openssl(...sign)).toMatchObject({ ok: true });
    expect(sm2Verify(pair.publicKey, message, bench.read('made'))).toBe(true);
  });

  it('encrypts for OpenSSL, and decrypts what OpenSSL encrypts', () => {
    const pair = generateSm2KeyPair();
    const key = bench.file('key.pem', sm2PrivateKeyPem(pair.privateKey));
    const pub = bench.file('pub.pem', sm2SpkiPem(pair.publicKey));
    const ours = bench.file('ours', sm2Encrypt(pair.publicKey, message));
    const decrypt = bench.openssl('pkeyutl', '-decrypt', '-inkey', key, '-in', ours);
    expect(decrypt.text).toContain('message digest');
    const data = bench.file('data', message);
    bench.openssl('pkeyutl', '-encrypt', '-pubin', '-inkey', pub, '-in', data, '-out', 'theirs');
    expect(sm2Decrypt(pair.privateKey, bench.read('theirs'))).toEqual(message);
  });

  it('reads the keys that OpenSSL generates', () => {
    const curve = ['-pkeyopt', 'ec_paramgen_curve:SM2'];
    bench.openssl('genpkey', '-algorithm', 'EC', ...curve, '-out', 'gen.pem');
    bench.openssl('pkey', '-in', 'gen.pem', '-pubout', '-out', 'gen.pub');
    const pair = sm2PrivateKeyFromPem(bench.read('gen.pem').toString());
    expect(sm2PublicKeyFromSpki(bench.read('gen.pub').toString())).toBe(pair.publicKey);
  });

  it('agrees with the second implementation in both directions', () => {
    for (let round = 0; round < 5; round += 1) {
      const pair = generateSm2KeyPair();
      const data = Buffer.from(`round ${round} 信贷`);
      expect(secondOpinionVerify(pair.publicKey, data, sm2Sign(pair.privateKey, data))).toBe(true);
      const raw = otherSm2.doSignature(Array.from(data), pair.privateKey, { hash: true });
      const theirs = rawToDerSignature(Buffer.from(raw, 'hex'));
      expect(sm2Verify(pair.publicKey, data, theirs)).toBe(true);
      const secret = otherSm2.doEncrypt(Array.from(data), pair.publicKey, 1);
      expect(secret).toHaveLength((64 + 32 + data.length) * 2);
    }
  });
});

describe('the self-test', () => {
  it('passes here, and costs less than 150 ms when the machine is free', () => {
    const costs = [1, 2, 3, 4].map(() => {
      const started = performance.now();
      runCryptoSelfTest();
      return performance.now() - started;
    });
    expect(Math.min(...costs)).toBeLessThan(150);
  });
});
