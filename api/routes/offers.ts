/** Offers: reading one, accepting or declining it. */
import { readApplication } from '../../db/queries/apply.ts';
import { readOffer, readOfferOf } from '../../db/queries/reads/papers.ts';
import { type AnswerOfferInput, answerOffer } from '../../workflows/messages.ts';
import { actKeyOf, actorOf, type AppContext } from '../deps.ts';
import { visible } from '../ownership.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody, standingSchema } from '../schemas/common.ts';
import { noBody } from '../schemas/money.ts';
import { offerView } from '../schemas/papers.ts';
import { iso, isoOrNull } from '../times.ts';

const tags = ['offer'];
const shown = { 200: jsonAnswer('The offer', offerView) };
const standing = { 200: jsonAnswer('Where the application stands now', standingSchema) };

const read = defineRoute('GET /v1/offers/{id}', {
  summary: 'Read an offer: amount, price, schedule and annualised rates',
  tags,
  request: { params: idParam },
  responses: shown,
});

const readOfApplication = defineRoute('GET /v1/applications/{id}/offer', {
  summary: "Read an application's newest offer",
  tags,
  request: { params: idParam },
  responses: shown,
});

const accept = defineRoute('POST /v1/offers/{id}/accept', {
  summary: 'Accept the offer',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: standing,
});

const decline = defineRoute('POST /v1/offers/{id}/decline', {
  summary: 'Decline the offer; the application ends',
  tags,
  request: { params: idParam, body: jsonBody(noBody) },
  responses: standing,
});

type OfferRow = NonNullable<Awaited<ReturnType<typeof readOffer>>>;

function viewOf(row: OfferRow) {
  return {
    id: row.id,
    applicationId: row.application_id,
    state: row.state,
    productCode: row.product_code,
    productVersion: row.product_version,
    amountFen: row.amount_fen,
    termMonths: row.term_months,
    method: row.method,
    annualRate: row.annual_rate,
    annualisedSimple: row.annualised_simple,
    annualisedCompound: row.annualised_compound,
    schedule: row.schedule,
    capRule: row.cap_rule,
    validUntil: iso(row.valid_until),
    answeredAt: isoOrNull(row.answered_at),
    createdAt: iso(row.created_at),
  };
}

async function answer(c: AppContext, id: string, said: AnswerOfferInput['answer']) {
  const { db, loans } = c.get('deps');
  const offer = visible(c, await readOffer(db, id));
  const input = { actor: actorOf(c), key: actKeyOf(c), offerId: id, answer: said };
  return await loans.update(offer.application_id, answerOffer, input);
}

export function registerOffers(app: App): void {
  app.openapi(read, async (c) => {
    const row = visible(c, await readOffer(c.get('deps').db, c.req.valid('param').id));
    return c.json(viewOf(row), 200);
  });

  app.openapi(readOfApplication, async (c) => {
    const { db } = c.get('deps');
    const { id } = c.req.valid('param');
    visible(c, await readApplication(db, id));
    return c.json(viewOf(visible(c, await readOfferOf(db, id))), 200);
  });

  app.openapi(accept, async (c) => c.json(await answer(c, c.req.valid('param').id, 'ACCEPT'), 200));
  app.openapi(decline, async (c) =>
    c.json(await answer(c, c.req.valid('param').id, 'DECLINE'), 200),
  );
}
