/** A refusal on its way out: the error that carries it and its form as RFC 9457 problem details. */
import type { ProblemStatus } from './problem-text.ts';
import { PROBLEMS, type ProblemCode } from './problems.ts';

export type Language = 'zh-CN' | 'en';

/** One field that is not as it must be. `pointer` is a JSON pointer into the request body (RFC 6901). */
export interface FieldProblem {
  readonly pointer: string;
  readonly code: string;
  readonly zh: string;
  readonly en: string;
}

export interface ProblemOptions {
  readonly errors?: readonly FieldProblem[];
  /** Code shown in place of the problem's own, for a refusal the workflow named and this table does not know. */
  readonly shownCode?: string;
  /** Seconds after which to come again. */
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Coded; more than the caller hears, for the audit trail alone. */
  readonly fault?: string;
  /** What went wrong, for the log alone. */
  readonly cause?: unknown;
}

/** Thrown by handlers and middleware; the app's error handler turns it into an answer. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly options: ProblemOptions;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(code, { cause: options.cause });
    this.name = 'ApiProblem';
    this.code = code;
    this.options = options;
  }

  get status(): ProblemStatus {
    return PROBLEMS[this.code].status;
  }
}

/** The body of a problem answer, media type `application/problem+json`. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** The request's id, as a URN; the same as the X-Request-Id header. */
  readonly instance: string;
  readonly code: string;
  readonly errors?: readonly {
    readonly pointer: string;
    readonly code: string;
    readonly detail: string;
  }[];
}

/**
 * Chooses the language of texts by Accept-Language (RFC 9110 §12.5.4): the tag with the highest weight that is Chinese
 * or English, Chinese when there is none.
 */
export function chooseLanguage(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';');
      const weight = parameters
        .map((p) => /^\s*q=([01](?:\.\d{0,3})?)\s*$/.exec(p)?.[1])
        .find(Boolean);
      return { tag: tag.trim(), weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => weight > 0 && /^(zh|en)(-|$)/.test(tag));
  const best = wanted.reduce<{ tag: string; weight: number } | null>(
    (first, next) => (first === null || next.weight > first.weight ? next : first),
    null,
  );
  return best?.tag.startsWith('en') === true ? 'en' : 'zh-CN';
}

/** The problem as the caller reads it. */
export function renderProblem(
  problem: ApiProblem,
  language: Language,
  requestId: string,
): ProblemDetails {
  const known = PROBLEMS[problem.code];
  const code = problem.options.shownCode ?? problem.code;
  const errors = problem.options.errors?.map((error) => ({
    pointer: error.pointer,
    code: error.code,
    detail: language === 'en' ? error.en : error.zh,
  }));
  return {
    type: `urn:xindai:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title: language === 'en' ? known.en : known.zh,
    status: known.status,
    instance: `urn:uuid:${requestId}`,
    code,
    ...(errors === undefined ? {} : { errors }),
  };
}

/** The problem as an HTTP answer. */
export function problemResponse(
  problem: ApiProblem,
  language: Language,
  requestId: string,
): Response {
  const { retryAfterSeconds, headers } = problem.options;
  return new Response(JSON.stringify(renderProblem(problem, language, requestId)), {
    status: problem.status,
    headers: {
      ...headers,
      'Content-Type': 'application/problem+json; charset=utf-8',
      'Content-Language': language,
      'Cache-Control': 'no-store',
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
      ...(problem.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
  });
}
