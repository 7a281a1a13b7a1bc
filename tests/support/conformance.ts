/** Holds answers of the API to its own document: a status, a kind of content or a body that the document does not have is named. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { z } from 'zod';

const content = z.record(z.string(), z.object({ schema: z.unknown().optional() }));
const operation = z.object({
  responses: z.record(z.string(), z.object({ content: content.optional() })),
});
const document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

export interface SeenAnswer {
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly text: string;
}

/** What is wrong with an answer, in one sentence; null when it is as documented, or of no route of the document. */
export type Judge = (answer: SeenAnswer) => string | null;

/** `/v1/loans/{id}` as a pattern of paths. */
const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`);

/** @throws ZodError for what is no OpenAPI document */
export function judgeOf(openApi: unknown): Judge {
  const { paths, components } = document.parse(openApi);
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'doc', components });
  // A path that is written out is meant before one with a place in it.
  const templates = Object.keys(paths).sort(
    (one, other) => one.split('{').length - other.split('{').length,
  );
  const patterns = templates.map((template) => ({ template, pattern: patternOf(template) }));
  const checks = new Map<string, ValidateFunction>();
  const checkOf = (key: string, schema: unknown): ValidateFunction => {
    const known = checks.get(key);
    if (known !== undefined) return known;
    // References are to the document, which has a name of its own here.
    const text = JSON.stringify(schema).replaceAll('"#/components', '"doc#/components');
    const made = ajv.compile(z.record(z.string(), z.unknown()).parse(JSON.parse(text)));
    checks.set(key, made);
    return made;
  };
  return ({ method, path, status, contentType, text }) => {
    const [plain = ''] = path.split('?');
    const template = patterns.find(({ pattern }) => pattern.test(plain))?.template;
    if (template === undefined) return null;
    const described = paths[template]?.[method.toLowerCase()];
    if (described === undefined) return null;
    const key = `${method} ${template} ${status}`;
    const answer = operation.parse(described).responses[String(status)];
    if (answer === undefined) return `${key} is not documented`;
    const kinds = answer.content ?? {};
    const [kind = ''] = (contentType ?? '').split(';');
    if (Object.keys(kinds).length === 0) return text === '' ? null : `${key} has a body`;
    const found = kinds[kind];
    if (found === undefined) return `${key} is ${kind}`;
    if (!kind.includes('json') || found.schema === undefined) return null;
    const check = checkOf(`${key} ${kind}`, found.schema);
    if (check(JSON.parse(text))) return null;
    return `${key} has another body: ${ajv.errorsText(check.errors)}`;
  };
}
