/** The seal on acts: one key, one text, one seal. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createActSealer } from '../../platform/act-seal.ts';
import { hmacSm3 } from '../../platform/crypto/sm3.ts';

describe('a seal', () => {
  const key = randomBytes(32);
  const sealer = createActSealer(key);
  const mac = sealer.seal('an act');

  it('is borne by the text it was made for, also under another sealer with the same key', () => {
    expect(createActSealer(Buffer.from(key)).bears('an act', mac)).toBe(true);
  });

  it.each([
    ['another text', 'another act', mac],
    ['another case', 'an act', mac.toUpperCase()],
    ['a shorter seal', 'an act', mac.slice(2)],
    ['a longer seal', 'an act', `${mac}00`],
    ['no text', 'an act', null],
    ['an object', 'an act', { length: 64 }],
    ['nothing', 'an act', ''],
    [
      'the key itself in place of the key of acts',
      'an act',
      hmacSm3(key, 'an act').toString('hex'),
    ],
    ['another key', 'an act', createActSealer(randomBytes(32)).seal('an act')],
  ])('is not borne with %s', (_what, text, given) => {
    expect(sealer.bears(text, given)).toBe(false);
  });
});
