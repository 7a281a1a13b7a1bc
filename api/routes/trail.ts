/** The device trail: what a browser tells of the device and of how each page was filled in, kept with consent only. */
import type { Tx } from '../../db/database.ts';
import { loadDeviceTrail, saveDeviceTrail } from '../../db/queries/apply.ts';
import { addToTrail, type DeviceTrail, type Visit } from '../../domain/device-trail.ts';
import { addressOf, isPublicAddress } from '../address.ts';
import { type AppContext, callerOf } from '../deps.ts';
import { type App, defineRoute } from '../route.ts';
import { idParam, jsonAnswer, jsonBody } from '../schemas/common.ts';
import { TRAIL_LIMIT, trailKept, trailPart } from '../schemas/trail.ts';
import { lockDraft } from './drafts.ts';

const put = defineRoute(
  'PUT /v1/applications/{id}/trail',
  {
    summary: 'Tell of the device and of a page of the form, with the person’s consent',
    description:
      'Page by page, as often as needed: a page sent again replaces itself, other pages stay. Counts and rhythms only, never what was typed. At most 16 KB. Without consent only the refusal is noted, and what was kept before goes.',
    tags: ['apply'],
    request: { params: idParam, body: jsonBody(trailPart) },
    responses: { 200: jsonAnswer('What is kept', trailKept) },
  },
  { maxBodyBytes: TRAIL_LIMIT },
);

/** Where an applicant is; an integrator's server is somewhere else than its user, and a private address is nowhere. */
function visitOf(c: AppContext): Visit | null {
  const address = addressOf(c);
  if (callerOf(c).role !== 'applicant' || address === undefined) return null;
  return isPublicAddress(address) ? { at: c.get('deps').now().toISOString(), address } : null;
}

async function keep(
  c: AppContext,
  tx: Tx,
  id: string,
  part: typeof trailPart._output,
): Promise<DeviceTrail | null> {
  await lockDraft(c, tx, id);
  const cipher = await c.get('deps').vault.of(tx, id);
  const trail = part.consent
    ? addToTrail(await loadDeviceTrail(tx, cipher, id), part, visitOf(c))
    : null;
  await saveDeviceTrail(tx, cipher, id, trail);
  return trail;
}

export function registerTrail(app: App): void {
  app.openapi(put, async (c) => {
    const { id } = c.req.valid('param');
    const part = c.req.valid('json');
    const { db } = c.get('deps');
    const trail = await db.transaction().execute(async (tx) => await keep(c, tx, id, part));
    const pages = (trail?.pages ?? []).map(({ page }) => page);
    return c.json({ kept: trail !== null, pages }, 200);
  });
}
