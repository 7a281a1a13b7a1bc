/**
 * Puts on the audit trail what a request's outcome calls for: answers with personal data, acts that were denied, and tokens
 * that were refused.
 * The entry is written before the answer leaves; when it cannot be written the caller gets a failure and no data.
 */
import type { MiddlewareHandler } from 'hono';
import { addressOf } from '../address.ts';
import { recordDeed } from '../audit.ts';
import type { AppContext, AppEnv } from '../deps.ts';
import { PERSONAL_READS } from '../personal-reads.ts';
import type { RouteKey } from '../permissions.ts';
import { ApiProblem } from '../problem-response.ts';
import { refusedTokenReason } from '../refused-tokens.ts';

/** Statuses by which somebody who was recognised is kept from something: not allowed, or not theirs to know of. */
const DENIALS: readonly number[] = [403, 404];

/** The segment of the path that names what the record is, `applications` in `/v1/applications/{id}`. */
function kindOf(key: RouteKey): string {
  return /\/v1\/([a-z-]+)/.exec(key)?.[1] ?? 'route';
}

/** Ids are ours; what else a caller put into the path is not repeated. */
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function idOf(c: AppContext, key: RouteKey): string {
  const id = c.req.param('id');
  return id !== undefined && ID.test(id) ? id : key;
}

async function denied(c: AppContext, key: RouteKey): Promise<void> {
  const code = c.error instanceof ApiProblem ? c.error.code : String(c.res.status);
  await recordDeed(c, c.get('deps').db, {
    action: 'request.deny',
    subjectKind: kindOf(key),
    subjectId: idOf(c, key),
    result: 'DENIED',
    reason: code,
    detail: { route: key },
  });
}

/** Nobody was recognised: what was sent to be known by is on the trail, where something was sent. */
async function refused(c: AppContext): Promise<void> {
  const reason = refusedTokenReason(c.error);
  if (reason === null) return;
  const requestId = c.get('requestId');
  await c.get('deps').refusedTokens.note({ reason, address: addressOf(c), requestId });
}

/** The first of a route's guards, so that it sees how every other one and the handler ended. */
export function audited(key: RouteKey): MiddlewareHandler<AppEnv> {
  const read = PERSONAL_READS[key];
  return async (c, next) => {
    if (read !== undefined) c.set('personalRead', read);
    await next();
    if (c.get('principal') === undefined) return await refused(c);
    if (DENIALS.includes(c.res.status)) return denied(c, key);
    if (read === undefined || !c.res.ok) return undefined;
    const record = c.get('readRecord');
    if (record === undefined) throw new Error(`${key} gave an answer without a record of it`);
    await record;
    return undefined;
  };
}
