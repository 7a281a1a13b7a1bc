/** The templates that papers are drawn from: the one in force for a new paper, the pinned one for a paper that is there. */
import { readRulebook, rulebookInForce } from '../../db/queries/rulebooks.ts';
import type { Queryable } from '../../db/database.ts';
import { parseTemplate } from '../../domain/template-parse.ts';
import type { Template, TemplatePurpose } from '../../domain/template.ts';
import { finalFailure } from '../failures.ts';

/** How a paper pins its template: `CONTRACT@1`. */
export const templateName = ({ id, version }: Template): string => `${id}@${version}`;

async function read(db: Queryable, purpose: TemplatePurpose, version: number): Promise<Template> {
  const document = await readRulebook(db, { kind: 'TEMPLATE', code: purpose, version });
  const parsed = parseTemplate(document);
  // A paper is never drawn from what is not there or cannot be read: people see to it first.
  if (!parsed.ok) throw finalFailure('TEMPLATE_UNUSABLE');
  return parsed.template;
}

/**
 * The template of a purpose: the pinned one (`CODE@version`) or, for a new paper, the one in force.
 * @throws ApplicationFailure TEMPLATE_UNUSABLE when there is none, or none that can be read
 */
export async function templateFor(
  db: Queryable,
  purpose: TemplatePurpose,
  pinned: string | null = null,
): Promise<Template> {
  if (pinned !== null) {
    const [code, version] = pinned.split('@');
    if (code !== purpose) throw finalFailure('TEMPLATE_UNUSABLE');
    return await read(db, purpose, Number(version));
  }
  const key = await rulebookInForce(db, 'TEMPLATE', purpose);
  if (key === undefined) throw finalFailure('TEMPLATE_UNUSABLE');
  return await read(db, purpose, key.version);
}
