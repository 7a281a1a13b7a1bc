/** The searcher of stored histories: it finds what is there in every form it knows, and nothing in what is sealed. */
import { describe, expect, it } from 'vitest';
import { createSealedPayloadCodec } from '../../../platform/temporal/codec.ts';
import { createPeople } from '../../../sandbox/people/people.ts';
import { findPersonal, secretsOf } from './raw-history.ts';

const personas = createPeople('raw-history').personas(new Date());
const people = personas.map(({ key, application }) => secretsOf(key, application));
const [persona] = personas;
if (persona === undefined) throw new Error('the sandbox has no personas');
const { name, idNumber, mobile } = persona.application.identity;

const stored = (bytes: Uint8Array) => ({ bytes });
const inside = (text: string) => `{"reason":"x","note":"${text}!"}`;

describe('the search', () => {
  it('looks for the name, numbers, telephone, address, card and contacts of every persona', () => {
    expect(people.length).toBeGreaterThanOrEqual(20);
    for (const { values } of people) {
      expect(Object.keys(values)).toEqual(
        expect.arrayContaining(['name', 'idNumber', 'mobile', 'address', 'card']),
      );
    }
  });

  it.each([
    ['plain JSON', Buffer.from(inside(name))],
    [
      'base64 that begins one byte off',
      Buffer.from(Buffer.from(`a${inside(idNumber)}`).toString('base64')),
    ],
    [
      'base64 that begins two bytes off',
      Buffer.from(Buffer.from(`ab${inside(idNumber)}`).toString('base64')),
    ],
    [
      'base64 that begins in step',
      Buffer.from(Buffer.from(`abc${inside(mobile)}`).toString('base64')),
    ],
    [
      'escaped JSON',
      Buffer.from(
        inside(
          name
            .split('')
            .map((one) => `\\u${one.charCodeAt(0).toString(16)}`)
            .join(''),
        ),
      ),
    ],
    ['hexadecimal', Buffer.from(Buffer.from(inside(mobile)).toString('hex'))],
    ['UTF-16', Buffer.from(inside(name), 'utf16le')],
    ['an address of the web', Buffer.from(`/q?name=${encodeURIComponent(name)}`)],
  ])('finds a person in %s', (_form, bytes) => {
    const found = findPersonal(stored(bytes), people);
    expect(found.map((one) => one.persona)).toContain(persona.key);
    expect(JSON.stringify(found)).not.toContain(idNumber);
  });

  it('finds nothing in a payload that the codec has sealed, and the person once it is opened', async () => {
    const codec = createSealedPayloadCodec({
      activeKeyId: 'k',
      keys: new Map([['k', Buffer.alloc(32, 3)]]),
    });
    const plain = {
      metadata: { encoding: Buffer.from('json/plain') },
      data: Buffer.from(inside(idNumber)),
    };
    const [sealed] = await codec.encode([plain]);
    const bytesOf = (payload: typeof sealed) => stored(Buffer.from(payload?.data ?? []));
    expect(findPersonal(bytesOf(sealed), people)).toEqual([]);
    const [opened] = await codec.decode(sealed === undefined ? [] : [sealed]);
    expect(findPersonal(bytesOf(opened), people)).not.toEqual([]);
  });
});
