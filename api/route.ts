/** Defines routes: every one gets its access check, limits and idempotency from the permissions table, none by itself. */
import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { AppEnv } from './deps.ts';
import { fieldProblems } from './field-problems.ts';
import { requireAccess } from './middleware/access.ts';
import { audited } from './middleware/audit.ts';
import { JSON_BODY_LIMIT, limitBody, requireMediaType } from './middleware/body.ts';
import { idempotent } from './middleware/idempotency.ts';
import { partnerSignature } from './middleware/partner-signature.ts';
import { type Access, accessOf, needsIdempotencyKey, type RouteKey } from './permissions.ts';
import { ApiProblem } from './problem-response.ts';
import { PROBLEMS } from './problems.ts';
import { idempotencyHeader, problemSchema } from './schemas/common.ts';

export type App = OpenAPIHono<AppEnv>;

type MethodOf<K extends string> = K extends `${infer M} ${string}` ? Lowercase<M> : never;
type PathOf<K extends string> = K extends `${string} ${infer P}` ? P : never;

type Described = {
  readonly summary: string;
  readonly description?: string;
  readonly tags: string[];
  readonly request?: NonNullable<RouteConfig['request']>;
  readonly responses: RouteConfig['responses'];
};

export interface RouteOptions {
  /** Largest body accepted; 256 KB unless said otherwise. */
  readonly maxBodyBytes?: number;
  /** A check of the caller in place of a token's, run before the body is parsed. */
  readonly guard?: MiddlewareHandler<AppEnv>;
}

/** The limiter of the app; set once per app in front of the routes. */
const rateLimited: MiddlewareHandler<AppEnv> = (c, next) => c.get('rateLimit')(c, next);

/** A type and not an interface: only a type is taken for an object that may carry the document's `x-` fields. */
type Address<K extends RouteKey> = { readonly method: MethodOf<K>; readonly path: PathOf<K> };

/** A key of the table is a method, a space and a path: what the types take apart, this takes apart too. */
function split<K extends RouteKey>(key: K): Address<K> {
  const [method = '', path = ''] = key.split(' ');
  return { method: method.toLowerCase(), path } as Address<K>;
}

function mediaTypesOf(config: Described): readonly string[] {
  return Object.keys(config.request?.body?.content ?? {});
}

function middlewareOf(
  key: RouteKey,
  config: Described,
  options: RouteOptions,
): readonly MiddlewareHandler<AppEnv>[] {
  const types = mediaTypesOf(config);
  if (accessOf(key) === 'public') {
    const limit = limitBody(options.maxBodyBytes ?? JSON_BODY_LIMIT);
    return types.length === 0 ? [] : [limit, requireMediaType(types)];
  }
  const guards = [
    audited(key),
    requireAccess(key),
    rateLimited,
    limitBody(options.maxBodyBytes ?? JSON_BODY_LIMIT),
    partnerSignature(),
  ];
  if (types.length > 0) guards.push(requireMediaType(types));
  if (options.guard !== undefined) guards.push(options.guard);
  if (needsIdempotencyKey(key)) guards.push(idempotent());
  return guards;
}

const PROBLEM_RESPONSE = {
  description: 'Problem details (RFC 9457)',
  content: { 'application/problem+json': { schema: problemSchema } },
};

/** Every status of a problem, on every route: which of them can come is said by the codes, not by the path. */
const PROBLEM_RESPONSES = Object.fromEntries(
  [...new Set(Object.values(PROBLEMS).map(({ status }) => status))]
    .sort((one, other) => one - other)
    .map((status) => [status, PROBLEM_RESPONSE]),
);

/** A route's own answers and the problems; a status that is both says both kinds of content. */
function answersOf({ responses }: Described): RouteConfig['responses'] {
  const own = Object.entries(responses).map(([status, answer]) => {
    if (PROBLEM_RESPONSES[status] === undefined || !('content' in answer)) return [status, answer];
    return [status, { ...answer, content: { ...PROBLEM_RESPONSE.content, ...answer.content } }];
  });
  return { ...PROBLEM_RESPONSES, ...Object.fromEntries(own) };
}

/** Who may call, in words and in the document's security schemes; a session stands for a token of the same roles. */
function callersOf(access: Exclude<Access, 'public'>): {
  readonly words: string;
  readonly security: Record<string, string[]>[];
} {
  if (access === 'signed') return { words: 'A signed envelope.', security: [{ envelope: [] }] };
  const cookie = { session: [] };
  if (access === 'session') return { words: 'Staff who are signed in.', security: [cookie] };
  return { words: `Roles: ${access.join(', ')}.`, security: [{ bearer: [] }, cookie] };
}

/** What the document says beyond the route's own words; the handler's types need none of it. */
function documented(key: RouteKey, config: Described): Partial<RouteConfig> {
  const access = accessOf(key);
  if (access === 'public') return { responses: answersOf(config) };
  const { words, security } = callersOf(access);
  const headers = needsIdempotencyKey(key) ? { headers: idempotencyHeader } : {};
  return {
    description: config.description === undefined ? words : `${config.description} ${words}`,
    security,
    request: { ...config.request, ...headers },
    responses: answersOf(config),
  };
}

/** A route of the table with what it takes and gives; `app.openapi(route, handler)` registers it. */
export function defineRoute<const K extends RouteKey, R extends Described>(
  key: K,
  config: R,
  options: RouteOptions = {},
) {
  const made = {
    ...config,
    ...documented(key, config),
    ...split(key),
    middleware: [...middlewareOf(key, config, options)],
  };
  // The handler sees the route as described: middleware and problem answers are the same for all and left out of its type.
  return createRoute<PathOf<K>, R & Address<K>>(made);
}

/** An app whose inputs are refused with field problems; an id that cannot be one of ours is simply not found. */
export function createOpenApiApp(): App {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      if (result.target === 'param') throw new ApiProblem('NOT_FOUND');
      throw new ApiProblem('VALIDATION_FAILED', { errors: fieldProblems(result.error) });
    },
  });
}
