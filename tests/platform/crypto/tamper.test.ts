/**
 * What was altered, moved or repeated is refused: property tests over every byte.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CryptoError } from '../../../platform/crypto/errors.ts';
import { openBody, sealBody } from '../../../platform/crypto/envelope.ts';
import { createFieldCipher } from '../../../platform/crypto/field-cipher.ts';
import { parseKeyring } from '../../../platform/crypto/keyring.ts';
import { open, seal, sealKeyId } from '../../../platform/crypto/seal.ts';
import {
  generateSm2KeyPair,
  sm2Decrypt,
  sm2Encrypt,
  sm2Sign,
  sm2Verify,
} from '../../../platform/crypto/sm2.ts';

const keyOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const keyring = parseKeyring({ active: 'k2', keys: { k1: keyOf(1), k2: keyOf(2) } });
const older = parseKeyring({ active: 'k1', keys: { k1: keyOf(1) } });

function flip(bytes: Uint8Array, at: number, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 << bit);
  return copy;
}

/** The code of the CryptoError that `act` throws; undefined when it throws nothing. */
function codeOf(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof CryptoError) return error.code;
    throw error;
  }
}

const position = fc.record({ at: fc.nat(10_000), bit: fc.integer({ min: 0, max: 7 }) });

describe('a seal', () => {
  it('gives back exactly what was sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.string(), (data, place) => {
        expect(open(keyring, seal(keyring, data, place), place)).toEqual(Buffer.from(data));
      }),
    );
  });

  it('does not open when any bit was altered', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), position, (data, { at, bit }) => {
        const broken = flip(seal(keyring, data, 'column|row'), at, bit);
        const code = codeOf(() => open(keyring, broken, 'column|row'));
        expect(['SEAL_BROKEN', 'KEY_UNKNOWN']).toContain(code);
      }),
      { numRuns: 500 },
    );
  });

  it('does not open when cut short or in another place', () => {
    const sealed = seal(keyring, Buffer.from('secret'), 'a|1');
    for (let length = 0; length < sealed.length; length += 1) {
      expect(codeOf(() => open(keyring, sealed.subarray(0, length), 'a|1'))).toBe('SEAL_BROKEN');
    }
    expect(codeOf(() => open(keyring, sealed, 'a|2'))).toBe('SEAL_BROKEN');
  });

  it('opens after a rotation, and names the key that is missing before it', () => {
    const old = seal(older, Buffer.from('secret'), 'a|1');
    expect(open(keyring, old, 'a|1').toString()).toBe('secret');
    const fresh = seal(keyring, Buffer.from('secret'), 'a|1');
    expect(sealKeyId(fresh)).toBe('k2');
    expect(codeOf(() => open(older, fresh, 'a|1'))).toBe('KEY_UNKNOWN');
  });

  it('never seals the same twice', () => {
    const once = seal(keyring, Buffer.from('secret'), 'a|1');
    expect(once.equals(seal(keyring, Buffer.from('secret'), 'a|1'))).toBe(false);
  });
});

describe('a keyring', () => {
  it('refuses keys of another size, an active key that is not there, and text that is no keyring', () => {
    const short = Buffer.alloc(16).toString('base64');
    expect(codeOf(() => parseKeyring({ active: 'k', keys: { k: short } }))).toBe('KEY_INVALID');
    expect(codeOf(() => parseKeyring({ active: 'x', keys: { k: keyOf(1) } }))).toBe('KEY_INVALID');
    expect(codeOf(() => parseKeyring('not json'))).toBe('KEY_INVALID');
    const text = JSON.stringify({ active: 'k', keys: { k: keyOf(1) } });
    expect(parseKeyring(text).activeKeyId).toBe('k');
  });
});

describe('a field cipher', () => {
  const cipher = createFieldCipher(keyring, Buffer.alloc(32, 9));

  it('opens a field only in its own column and row, and through its parser', () => {
    const sealed = cipher.sealJson('applicant.name', 'row-1', { name: '王𠮷' });
    const same = (value: unknown): unknown => value;
    expect(cipher.openJson('applicant.name', 'row-1', sealed, same)).toEqual({ name: '王𠮷' });
    const elsewhere = (): unknown => cipher.openJson('applicant.name', 'row-2', sealed, same);
    expect(codeOf(elsewhere)).toBe('SEAL_BROKEN');
    expect(() =>
      cipher.openJson('applicant.name', 'row-1', sealed, () => {
        throw new Error('not a name');
      }),
    ).toThrow('not a name');
  });

  it('indexes equal values equally within a domain, and never across domains or keys', () => {
    const other = createFieldCipher(keyring, Buffer.alloc(32, 8));
    const index = cipher.blindIndex('mobile', '13800138000');
    expect(index).toHaveLength(32);
    expect(cipher.blindIndex('mobile', '13800138000').equals(index)).toBe(true);
    expect(cipher.blindIndex('card', '13800138000').equals(index)).toBe(false);
    expect(cipher.blindIndex('mobile1', '3800138000').equals(index)).toBe(false);
    expect(other.blindIndex('mobile', '13800138000').equals(index)).toBe(false);
  });
});

describe('an SM2 signature', () => {
  const pair = generateSm2KeyPair();
  const message = Buffer.from('借款合同');
  const signature = sm2Sign(pair.privateKey, message);

  it('does not hold when any bit of it, of the message or of the key was altered', () => {
    fc.assert(
      fc.property(position, ({ at, bit }) => {
        expect(sm2Verify(pair.publicKey, message, flip(signature, at, bit))).toBe(false);
        expect(sm2Verify(pair.publicKey, flip(message, at, bit), signature)).toBe(false);
        const key = flip(Buffer.from(pair.publicKey, 'hex'), at, bit).toString('hex');
        expect(sm2Verify(key, message, signature)).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  it('has one encoding only', () => {
    const length = signature[1] ?? 0;
    const trailing = Buffer.concat([signature, Buffer.from([5, 0])]);
    const longLength = Buffer.concat([Buffer.from([0x30, 0x81, length]), signature.subarray(2)]);
    const first = signature.subarray(4, 4 + (signature[3] ?? 0));
    const rest = signature.subarray(4 + first.length);
    const padded = Buffer.concat([
      Buffer.from([0x30, length + 1, 0x02, first.length + 1, 0]),
      first,
      rest,
    ]);
    for (const variant of [trailing, longLength, padded, Buffer.alloc(0)]) {
      expect(sm2Verify(pair.publicKey, message, variant)).toBe(false);
    }
    expect(sm2Verify(pair.publicKey, message, signature)).toBe(true);
  });

  it('is refused without an exception for keys and bytes that are nonsense', () => {
    fc.assert(
      fc.property(fc.string(), fc.uint8Array({ maxLength: 80 }), (key, bytes) => {
        expect(sm2Verify(key, message, signature)).toBe(false);
        expect(sm2Verify(pair.publicKey, message, bytes)).toBe(false);
      }),
    );
  });

  it('with a half of zero or past the order is refused', () => {
    const order = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';
    for (const half of ['00', `00${order}`]) {
      const part = Buffer.from(half, 'hex');
      const integer = Buffer.concat([Buffer.from([2, part.length]), part]);
      const der = Buffer.concat([Buffer.from([0x30, integer.length * 2]), integer, integer]);
      expect(sm2Verify(pair.publicKey, message, der)).toBe(false);
    }
  });
});

describe('an SM2 ciphertext', () => {
  const pair = generateSm2KeyPair();

  it('does not open when any bit was altered or with another key', () => {
    const sealed = sm2Encrypt(pair.publicKey, Buffer.from('sixteen byte key'));
    fc.assert(
      fc.property(position, ({ at, bit }) => {
        const code = codeOf(() => sm2Decrypt(pair.privateKey, flip(sealed, at, bit)));
        expect(code).toBe('CIPHERTEXT_BROKEN');
      }),
      { numRuns: 80 },
    );
    const stranger = generateSm2KeyPair();
    expect(codeOf(() => sm2Decrypt(stranger.privateKey, sealed))).toBe('CIPHERTEXT_BROKEN');
  });

  it('never shows a one-byte text, though one key stream in 256 is zero', () => {
    for (let round = 0; round < 60; round += 1) {
      const sealed = sm2Encrypt(pair.publicKey, Buffer.from([0x41]));
      expect(sealed[sealed.length - 1]).not.toBe(0x41);
    }
  });
});

describe('a sealed body', () => {
  const pair = generateSm2KeyPair();
  const body = sealBody(pair.publicKey, { name: '王芳', number: 1 });

  it('opens for its receiver alone, and not when a field was altered', () => {
    expect(openBody(pair.privateKey, body)).toEqual({ name: '王芳', number: 1 });
    const stranger = generateSm2KeyPair();
    expect(codeOf(() => openBody(stranger.privateKey, body))).toBe('CIPHERTEXT_BROKEN');
    for (const name of ['key', 'iv', 'data', 'mac'] as const) {
      const altered = flip(Buffer.from(body[name], 'base64'), 9, 0).toString('base64');
      const code = codeOf(() => openBody(pair.privateKey, { ...body, [name]: altered }));
      expect(code).toBe(name === 'key' ? 'CIPHERTEXT_BROKEN' : 'SEAL_BROKEN');
    }
  });
});
