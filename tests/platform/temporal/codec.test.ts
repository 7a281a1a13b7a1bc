/**
 * What Temporal is given to keep shows nothing, and comes back only whole and under a known key.
 */
import type { Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { parseKeyring } from '../../../platform/crypto/keyring.ts';
import { createSealedPayloadCodec } from '../../../platform/temporal/codec.ts';

const keyOf = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const old = parseKeyring({ active: 'p1', keys: { p1: keyOf(1) } });
const rotated = parseKeyring({ active: 'p2', keys: { p1: keyOf(1), p2: keyOf(2) } });
const payload: Payload = {
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from('"王芳 11010119900307001X"'),
};

const textOf = (bytes: Uint8Array | null | undefined): string =>
  Buffer.from(bytes ?? []).toString();

describe('the payload codec', () => {
  it('hides a payload whole, its encoding too, and says under which key', async () => {
    const [sealed] = await createSealedPayloadCodec(old).encode([payload]);
    expect(textOf(sealed?.metadata?.encoding)).toBe('binary/encrypted');
    expect(textOf(sealed?.metadata?.['encryption-key-id'])).toBe('p1');
    expect(textOf(sealed?.data)).not.toMatch(/json|王芳|1101/);
  });

  it('gives back what it was given, in order, also after the key was rotated', async () => {
    const other = { ...payload, data: Buffer.from('2') };
    const sealed = await createSealedPayloadCodec(old).encode([payload, other]);
    const opened = await createSealedPayloadCodec(rotated).decode(sealed);
    expect(opened.map((one) => textOf(one.data))).toEqual([textOf(payload.data), '2']);
    expect(textOf(opened[0]?.metadata?.encoding)).toBe('json/plain');
    const [fresh] = await createSealedPayloadCodec(rotated).encode([payload]);
    await expect(createSealedPayloadCodec(old).decode([fresh ?? {}])).rejects.toMatchObject({
      code: 'KEY_UNKNOWN',
    });
  });

  it('refuses what was altered, and passes other encodings through', async () => {
    const codec = createSealedPayloadCodec(old);
    const [sealed] = await codec.encode([payload]);
    const data = Buffer.from(sealed?.data ?? []);
    data[data.length - 1] = (data.at(-1) ?? 0) ^ 1;
    const broken = codec.decode([{ ...sealed, data }]);
    await expect(broken).rejects.toMatchObject({ code: 'SEAL_BROKEN' });
    expect(await codec.decode([payload, {}])).toEqual([payload, {}]);
    expect(await codec.encode([])).toEqual([]);
  });
});
