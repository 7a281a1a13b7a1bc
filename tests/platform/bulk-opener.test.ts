/** Many persons' rows are opened by one question for keys, and a row that does not open disturbs no other. */
import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { dataKeyIdsOf, openRows } from '../../platform/crypto/bulk-opener.ts';
import { contextOf, type StoredDataKey } from '../../platform/crypto/data-keys.ts';
import { seal } from '../../platform/crypto/seal.ts';
import { type KeyService, KeyServiceError } from '../../platform/key-service/port.ts';

const COLUMN = 'table.column';
const kek = { activeKeyId: 'kek', keys: new Map([['kek', randomBytes(32)]]) };
const former = { activeKeyId: 'k1', keys: new Map([['k1', randomBytes(32)]]) };

/** Unwraps what is written in clear; refuses the whole batch when one key is spoilt. */
function keyService(): KeyService & { asked: number[] } {
  const asked: number[] = [];
  const none = () => Promise.reject(new Error('not asked for here'));
  return {
    asked,
    currentKekId: none,
    wrap: none,
    rewrap: none,
    unwrap: async (keys) => {
      asked.push(keys.length);
      if (keys.some(({ wrapped }) => wrapped.length !== 32))
        throw new KeyServiceError('REFUSED', 'altered');
      return keys.map(({ wrapped }) => Buffer.from(wrapped));
    },
  };
}

function person(rowId: string, text: string, spoilt: 'KEY' | 'DESTROYED' | null = null) {
  const [id, subjectId, key] = [randomUUID(), randomUUID(), randomBytes(32)];
  const ring = { activeKeyId: id, keys: new Map([[id, key]]) };
  const sealed = seal(ring, Buffer.from(text), `${COLUMN}|${rowId}|${subjectId}`);
  const wrapped = spoilt === 'DESTROYED' ? null : spoilt === 'KEY' ? randomBytes(5) : key;
  const stored: StoredDataKey = {
    id,
    subjectId,
    generation: 1,
    kekId: kek.activeKeyId,
    wrapped,
    createdAt: new Date(),
  };
  return { row: { rowId, sealed }, stored };
}

const texts = (opened: Awaited<ReturnType<typeof openRows>>) =>
  opened.map((one) => (one.ok ? one.bytes.toString() : one.code));

describe('rows of many persons', () => {
  it('are opened in their order by one question', async () => {
    const people = ['a', 'b', 'c'].map((text) => person(text, text));
    const service = keyService();
    const rows = people.map(({ row }) => row);
    const stored = people.map((one) => one.stored).reverse();
    const opened = await openRows({ keyService: service, former }, stored, COLUMN, rows);
    expect(texts(opened)).toEqual(['a', 'b', 'c']);
    expect(service.asked).toEqual([3]);
  });

  it('say which were erased, whose key is spoilt and which seal is broken or elsewhere', async () => {
    const fine = person('1', 'fine');
    const erased = person('2', 'erased', 'DESTROYED');
    const spoilt = person('3', 'spoilt', 'KEY');
    const moved = person('4', 'moved');
    const rows = [
      fine.row,
      erased.row,
      spoilt.row,
      { ...moved.row, rowId: '5' },
      { rowId: '6', sealed: Buffer.from('no seal') },
      { rowId: '7', sealed: seal(former, Buffer.from('old'), `${COLUMN}|7`) },
    ];
    const stored = [fine, erased, spoilt, moved].map((one) => one.stored);
    const opened = await openRows({ keyService: keyService(), former }, stored, COLUMN, rows);
    expect(texts(opened)).toEqual([
      'fine',
      'ERASED',
      'UNREADABLE',
      'UNREADABLE',
      'UNREADABLE',
      'old',
    ]);
  });

  it('name the data keys they need once each, and no key of former days', () => {
    const one = person('1', 'x');
    const old = { rowId: '2', sealed: seal(former, Buffer.from('old'), 'p') };
    expect(dataKeyIdsOf([one.row, one.row, old])).toEqual([one.stored.id]);
    expect(contextOf(one.stored)).toBe(`${one.stored.id}|${one.stored.subjectId}`);
  });

  it('are not called unreadable when the key service cannot be reached', async () => {
    const away: KeyService = {
      ...keyService(),
      unwrap: () => Promise.reject(new KeyServiceError('UNAVAILABLE', 'away')),
    };
    const { row, stored } = person('1', 'x');
    const opening = openRows({ keyService: away, former }, [stored], COLUMN, [row]);
    await expect(opening).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
