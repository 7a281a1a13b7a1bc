/** The API's document admits the nulls that answers have, and the judge of the tests refuses what is not documented. */
import { describe, expect, it } from 'vitest';
import { withNulls } from '../../api/openapi-nulls.ts';
import { judgeOf } from '../support/conformance.ts';

const TERMS = { $ref: '#/components/schemas/Terms' };
/** As the generator writes `terms.nullable()`, a literal that may be null, and one extended. */
const WRITTEN = {
  type: 'object',
  properties: {
    terms: { allOf: [TERMS, { type: ['object', 'null'] }] },
    longer: {
      allOf: [TERMS, { type: ['object', 'null'], properties: { more: {} }, required: ['more'] }],
    },
    waitingFor: { type: ['string', 'null'], enum: ['SECOND_APPROVAL'] },
  },
};

const documentOf = (schema: unknown) => ({
  paths: {
    '/things/{id}': {
      get: { responses: { 200: { content: { 'application/json': { schema } } }, 204: {} } },
    },
  },
  components: {
    schemas: {
      Terms: { type: 'object', properties: { months: { type: 'integer' } }, required: ['months'] },
    },
  },
});

const answer = (body: unknown, over: object = {}) => ({
  method: 'GET',
  path: '/things/1?x=1',
  status: 200,
  contentType: 'application/json; charset=UTF-8',
  text: JSON.stringify(body),
  ...over,
});

describe('a schema that may be null', () => {
  it('admits null once it is mended, and still refuses what is neither', () => {
    const empty = { terms: null, longer: null, waitingFor: null };
    expect(judgeOf(documentOf(WRITTEN))(answer(empty))).toMatch(/another body/);
    const judge = judgeOf(withNulls(documentOf(WRITTEN)));
    expect(judge(answer(empty))).toBeNull();
    const months = { months: 3 };
    const full = {
      terms: months,
      longer: { ...months, more: 1 },
      waitingFor: 'SECOND_APPROVAL',
    };
    expect(judge(answer(full))).toBeNull();
    for (const wrong of [
      { terms: {} },
      { longer: months },
      { longer: { more: 1 } },
      { waitingFor: 'x' },
    ]) {
      expect(judge(answer(wrong)), JSON.stringify(wrong)).toMatch(/another body/);
    }
  });

  it('is the only thing that changes', () => {
    const rest = { allOf: [TERMS, { type: 'object' }], enum: ['a'], type: 'string', tags: [null] };
    expect(withNulls(rest)).toEqual(rest);
  });
});

describe('the judge', () => {
  it('names a status, a kind of content and a body that the document does not have', () => {
    const judge = judgeOf(documentOf(WRITTEN));
    expect(judge(answer({}, { status: 418 }))).toMatch(/418 is not documented/);
    expect(judge(answer({}, { contentType: 'text/html' }))).toMatch(/is text\/html/);
    expect(judge(answer({}, { status: 204 }))).toMatch(/has a body/);
    expect(judge(answer({}, { status: 204, text: '' }))).toBeNull();
    expect(judge(answer({}, { path: '/elsewhere' }))).toBeNull();
  });
});
