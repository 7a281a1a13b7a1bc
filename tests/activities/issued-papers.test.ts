/** Papers on request: the letter word for word as it was agreed to, and a case of operations for a paper that cannot be drawn. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  drawIssuedPaper,
  type IssueInput,
  reportUndrawnPaper,
} from '../../activities/contract/issue.ts';
import { savePage } from '../../db/queries/apply.ts';
import { newestIssuedPaper, readLetterPaper } from '../../db/queries/issued-papers.ts';
import { readAuthorisation } from '../../db/queries/verify.ts';
import { letterKey } from '../../domain/issued-papers.ts';
import { application } from '../domain/samples.ts';
import { pageTexts, pictureOf, POPPLER_MISSING, wordsOf } from '../papers/poppler.ts';
import { admitted, consent, finalCode, openWorkplace, type Workplace } from './workplace.ts';

const AT = '2026-11-24T02:00:00.000Z';

let place: Workplace;
beforeAll(async () => {
  place = await openWorkplace();
});
afterAll(() => place.close());

const letterOf = (applicationId: string, authorisationId: string): IssueInput => ({
  kind: 'AUTHORISATION',
  applicationId,
  loanId: null,
  authorisationId,
  at: AT,
});

/** An application whose letter was agreed to, act by act. */
async function agreed(acts: readonly string[]) {
  const one = await admitted(place.deps, 'VERIFY');
  const authorisationId = await consent(place.deps, one);
  const row = await readAuthorisation(place.deps.db, authorisationId);
  await place.owner
    .updateTable('authorisations')
    .set({ terms: JSON.stringify({ ...row?.terms, acts }) })
    .where('id', '=', authorisationId)
    .execute();
  return { ...one, authorisationId, textSm3: row?.textSm3 ?? '' };
}

async function bytesOf(applicationId: string, objectKey: string): Promise<Buffer> {
  return await place.deps.objects.get(
    objectKey,
    await place.deps.vault.of(place.deps.db, applicationId),
  );
}

async function rename(applicationId: string, name: string): Promise<void> {
  const { db, vault } = place.deps;
  const content = { ...application().identity, name };
  const cipher = await vault.of(db, applicationId);
  await db.transaction().execute(async (tx) => {
    await savePage(tx, cipher, { applicationId, page: 1, content });
  });
}

describe('the letter of an authorisation', () => {
  it('is drawn as it was agreed to, whoever the form names by now, and once', async () => {
    const { id, authorisationId, textSm3 } = await agreed([
      'QUERY',
      'REPORT',
      'NEGATIVE_NOTICE',
      'SENSITIVE',
    ]);
    await rename(id, '后来的人');
    await drawIssuedPaper(place.deps, letterOf(id, authorisationId));
    await drawIssuedPaper(place.deps, letterOf(id, authorisationId));
    const paper = await readLetterPaper(place.deps.db, id, letterKey(authorisationId));
    if (paper === undefined) throw new Error('there is no letter');
    const kept = await place.owner
      .selectFrom('documents')
      .select(['kind', 'template', 'object_key'])
      .where('application_id', '=', id)
      .execute();
    expect(kept).toEqual([
      { kind: 'AUTHORISATION', template: 'AUTHORISATION_PERSONAL@1', object_key: paper.object_key },
    ]);
    if (POPPLER_MISSING !== null) return;
    const text = pageTexts(await bytesOf(id, paper.object_key))
      .join('')
      .replaceAll(/\s/gu, '');
    expect(text).toContain(textSm3);
    expect(text).toContain(`授权人：${application().identity.name}`);
    expect(text).not.toContain('后来的人');
  });

  it.skipIf(POPPLER_MISSING !== null)(
    'leaves the box of an act empty that was not given',
    async () => {
      const { id, authorisationId } = await agreed(['QUERY', 'NEGATIVE_NOTICE']);
      await drawIssuedPaper(place.deps, letterOf(id, authorisationId));
      const paper = await readLetterPaper(place.deps.db, id, letterKey(authorisationId));
      const pdf = await bytesOf(id, paper?.object_key ?? '');
      const ink: [string, boolean][] = pageTexts(pdf).flatMap((_, page) => {
        const picture = pictureOf(pdf, page + 1);
        return wordsOf(pdf, page + 1)
          .filter(({ text, xMin }) => /^(同意|已知悉|单独同意)/u.test(text) && xMin < 80)
          .map(({ text, yMin, yMax }): [string, boolean] => {
            const middle = (yMin + yMax) / 2;
            const box = { xMin: 59.5, xMax: 66.5, yMin: middle - 3.5, yMax: middle + 3.5 };
            return [text.slice(0, 4), picture.ink(box) > 0.02];
          });
      });
      expect(ink.map(([, ticked]) => ticked)).toEqual([true, false, true, false]);
    },
  );

  it('is not drawn before it was agreed to, for another application, nor from another text than its digest', async () => {
    const one = await agreed(['QUERY']);
    const other = await admitted(place.deps, 'VERIFY');
    expect(
      await finalCode(drawIssuedPaper(place.deps, letterOf(other.id, one.authorisationId))),
    ).toBe('PAPER_NOT_DUE');
    await place.owner
      .updateTable('authorisations')
      .set({ text_sm3: 'ab'.repeat(32) })
      .where('id', '=', one.authorisationId)
      .execute();
    expect(
      await finalCode(drawIssuedPaper(place.deps, letterOf(one.id, one.authorisationId))),
    ).toBe('AUTHORISATION_TEXT_DIFFERS');
  });
});

describe('a paper that cannot be drawn', () => {
  it('is a case of operations with a name, one at a time, until the drawn paper closes it', async () => {
    const { deps, owner } = place;
    const unwritable = application({ identity: { name: '测试\u{E000}' } });
    const { id } = await admitted(deps, 'DECLINED', unwritable);
    const ended = { ended_at: new Date(), end_reason: 'REVIEW_OTHER' };
    await owner.updateTable('applications').set(ended).where('id', '=', id).execute();
    const kind = 'DECLINE_NOTICE';
    const input = { kind, applicationId: id, loanId: null, authorisationId: null, at: AT } as const;
    const cases = () =>
      owner
        .selectFrom('operator_cases')
        .select(['step', 'failure_code', 'state'])
        .where('application_id', '=', id)
        .orderBy('created_at')
        .execute();
    const named = { step: 'paper.decline_notice', failure_code: 'GLYPH_MISSING' };

    expect(await finalCode(drawIssuedPaper(deps, input))).toBe('GLYPH_MISSING');
    const told = { kind, applicationId: id, failureCode: 'GLYPH_MISSING' } as const;
    for (const cause of ['w:1', 'w:1', 'w:2']) await reportUndrawnPaper(deps, { ...told, cause });
    expect(await cases()).toEqual([{ ...named, state: 'OPEN' }]);
    const standing = owner
      .selectFrom('applications')
      .select(['stage', 'pending'])
      .where('id', '=', id);
    expect(await standing.execute()).toEqual([{ stage: 'DECLINED', pending: null }]);

    // Closed by hand without being mended, it is a case again at the next failure.
    const closed = { state: 'RESOLVED', resolved_at: new Date(), reason: 'MENDED' } as const;
    await owner
      .updateTable('operator_cases')
      .set(closed)
      .where('application_id', '=', id)
      .execute();
    await reportUndrawnPaper(deps, { ...told, cause: 'w:3' });
    expect((await cases()).map(({ state }) => state)).toEqual(['RESOLVED', 'OPEN']);

    await rename(id, '测试李');
    await drawIssuedPaper(deps, input);
    expect(await newestIssuedPaper(deps.db, id, kind)).toBeDefined();
    expect((await cases()).map(({ state }) => state)).toEqual(['RESOLVED', 'RESOLVED']);
    const trail = await owner
      .selectFrom('audit_entries')
      .select('action')
      .where('subject_id', '=', id)
      .where('action', 'in', ['case.open', 'paper.draw'])
      .orderBy('id')
      .execute();
    expect(trail.map(({ action }) => action)).toEqual(['case.open', 'case.open', 'paper.draw']);
  });
});
