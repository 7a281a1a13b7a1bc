/** What an applicant, or an integrator for one, does: fills in, agrees, submits, answers the offer, records, signs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import type { Application, XindaiClient } from '../../api/client.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { data, messagesAbout, type Persona } from './world.ts';

/** A picture no service has seen before: a face that was used once is refused as a replay. */
export function freshFace(): Uint8Array {
  const jpeg = Buffer.from([
    0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10, 0x4a, 0x46, 0x49, 0x46, 0x00, 0x01,
  ]);
  return new Uint8Array(Buffer.concat([jpeg, randomBytes(512)]));
}

/** Fills in a draft, page by page, with the letter agreed to, and gives its id. */
export async function fillIn(client: XindaiClient, persona: Persona): Promise<string> {
  const { id } = await data(client.applications.create({}));
  const { identity, work, loan, device } = persona.application;
  await data(client.applications.saveIdentity(id, { ...identity }));
  await data(client.applications.saveWork(id, { ...work }));
  const page = { ...loan, contacts: loan.contacts.map((contact) => ({ ...contact })) };
  // The device trail of a persona has the shape that the page's schema checks.
  const body = device === null ? page : { ...page, device };
  await data(
    client.applications.saveLoan(id, body as Parameters<typeof client.applications.saveLoan>[1]),
  );
  await data(client.applications.uploadFace(id, freshFace(), 'image/jpeg'));
  const letter = await data(client.authorisations.create({ applicationId: id }));
  const acts = ['QUERY', 'REPORT', 'NEGATIVE_NOTICE', 'SENSITIVE'] as const;
  await data(
    client.authorisations.agree(letter.id, { textSm3: sm3Hex(letter.text ?? ''), acts: [...acts] }),
  );
  return id;
}

/** Submits a filled-in draft: the story begins. */
export async function submit(client: XindaiClient, id: string): Promise<void> {
  const { evidenceVersion } = await data(client.applications.get(id));
  await data(client.applications.submit(id, { evidenceVersion }));
}

export interface Until {
  /** Stages or pendings that end the waiting. */
  readonly stages: readonly string[];
  readonly withinMs?: number;
  /** Called with each new stage as it is seen. */
  readonly seen?: (application: Application) => void;
}

/** Polls the application until it stands where it should; throws with where it stands when that takes too long. */
export async function waitFor(
  client: XindaiClient,
  id: string,
  until: Until,
): Promise<Application> {
  const deadline = Date.now() + (until.withinMs ?? 60_000);
  let last = '';
  for (;;) {
    const application = await data(client.applications.get(id));
    const here = `${application.stage}/${application.pending ?? ''}`;
    if (here !== last) until.seen?.(application);
    last = here;
    const reached = until.stages.includes(application.stage) || until.stages.includes(here);
    if (reached) return application;
    if (Date.now() > deadline)
      throw new Error(`${id} stands at ${here}, not at ${until.stages.join(' or ')}`);
    await sleep(150);
  }
}

/** Accepts the open offer. */
export async function acceptOffer(client: XindaiClient, id: string): Promise<void> {
  const application = await waitFor(client, id, { stages: ['OFFER/OFFER_ANSWER'] });
  if (application.offerId === null) throw new Error('an application at OFFER has no offer');
  await data(client.offers.accept(application.offerId));
}

/** Records a short session, chunk by chunk, as the dual recording asks. */
export async function record(client: XindaiClient, contractId: string): Promise<void> {
  const session = await data(client.contracts.openRecording(contractId));
  const chunks = [randomBytes(4_096), randomBytes(4_096)];
  for (const [number, chunk] of chunks.entries()) {
    await data(
      client.recordings.putChunk(session.id, number, new Uint8Array(chunk), sm3Hex(chunk)),
    );
  }
  await data(client.recordings.complete(session.id, { chunkCount: chunks.length }));
}

/** Reads the cost disclosure for as long as is asked and to its end, and confirms the very bytes that were read. */
export async function confirmCosts(client: XindaiClient, contractId: string): Promise<void> {
  const shown = await data(client.contracts.showDisclosure(contractId, { device: 'teller' }));
  const formSm3 = sm3Hex(await data(client.contracts.disclosurePdf(contractId)));
  const dwellMs = shown.minReadSeconds * 1_000;
  await sleep(dwellMs);
  const told = { formSm3, dwellMs, scrolledToEnd: true, device: 'teller' };
  await data(client.contracts.confirmDisclosure(shown.id, told));
}

/** A contract is sent ten codes in an hour: whoever asks for the next one while a worker starts again has none left. */
const CODE_WITHIN_MS = 30_000;
const PAGES = /\/Type \/Pages\s+\/Count (\d+)/;

/** Everything that signing takes: the digest of the contract as it is read here, every page, and the code from the phone. */
export async function provedSigning(client: XindaiClient, contractId: string) {
  const pdf = await data(client.contracts.pdf(contractId));
  const digestSm3 = sm3Hex(pdf);
  const { number } = await data(client.contracts.get(contractId));
  const before = await messagesAbout(client, number);
  await data(client.contracts.signingCode(contractId, { digestSm3 }));
  const deadline = Date.now() + CODE_WITHIN_MS;
  let messages = before;
  while (messages.length === before.length) {
    if (Date.now() > deadline) throw new Error('the code for signing did not come');
    await sleep(50);
    messages = await messagesAbout(client, number);
  }
  const code = /验证码为(\d{6})/.exec(messages[0] ?? '')?.[1] ?? '';
  const count = Number(PAGES.exec(Buffer.from(pdf).toString('latin1'))?.[1] ?? 1);
  const pages = Array.from({ length: count }, (_, at) => ({ page: at + 1, dwellMs: 2_000 }));
  return { digestSm3, code, pages, device: 'teller' };
}

/** Everything before the signature: confirms the costs, reads the contract, records where the product asks for it, and has the code sent. */
export async function prepareToSign(client: XindaiClient, id: string) {
  const application = await waitFor(client, id, { stages: ['SIGN/SIGNATURE'] });
  if (application.contractId === null) throw new Error('an application at SIGN has no contract');
  const { contractId } = application;
  const pdf = await data(client.contracts.pdf(contractId));
  await confirmCosts(client, contractId);
  if ((application.amountFen ?? 0) > 5_000_000) await record(client, contractId);
  return { contractId, pdf, signing: await provedSigning(client, contractId) };
}

/** Prepares, and signs the very bytes that were read. */
export async function sign(
  client: XindaiClient,
  id: string,
): Promise<{ readonly contractId: string; readonly pdf: Uint8Array }> {
  const { contractId, pdf, signing } = await prepareToSign(client, id);
  await data(client.contracts.sign(contractId, signing));
  return { contractId, pdf };
}
