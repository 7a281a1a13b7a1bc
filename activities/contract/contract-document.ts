/**
 * The papers of one contract as PDFs, drawn from their templates: the contract with its annexes, the cost disclosure that is
 * confirmed before it is signed, and the repayment schedule. The same data give the same bytes.
 */
import type { Template, TemplateValues } from '../../domain/template.ts';
import { CONTRACT_V1 } from '../../domain/templates/contract-v1.ts';
import { assertContractPaper, ContractPaperError, type ContractPaper } from './contract-paper.ts';
import { contractValues, disclosureValues, repaymentScheduleValues } from './contract-values.ts';
import type { FontSet } from './fonts.ts';
import { renderTemplatePdf } from './template-pdf.ts';

function draw(
  template: Template,
  values: TemplateValues,
  { contract, createdAt }: ContractPaper,
  fonts: FontSet,
): Promise<Buffer> {
  const imprint = {
    author: contract.lender.name,
    reference: contract.contractNumber,
    createdAt: new Date(createdAt),
  };
  return renderTemplatePdf(template, values, imprint, fonts);
}

/**
 * Renders the contract with its annexes.
 * @param template the version that the contract pins; the first one unless told
 * @throws ContractPaperError when its parts contradict one another, or it pins another version
 * @throws TemplateError when the template asks for what the contract does not have
 * @throws FontError GLYPH_MISSING when a character, of a name for instance, cannot be drawn
 */
export async function renderContractPdf(
  data: ContractPaper,
  fonts: FontSet,
  template: Template = CONTRACT_V1,
): Promise<Buffer> {
  if (data.contract.templateVersion !== template.version)
    throw new ContractPaperError('TEMPLATE_UNKNOWN');
  assertContractPaper(data);
  return await draw(template, contractValues(data), data, fonts);
}

/** Renders the 综合融资成本明示表. Throws as `renderContractPdf` does. */
export async function renderDisclosurePdf(
  data: ContractPaper,
  reading: { readonly minReadSeconds: number; readonly capNote: string },
  fonts: FontSet,
  template: Template,
): Promise<Buffer> {
  assertContractPaper(data);
  const values = disclosureValues(data, reading.minReadSeconds, reading.capNote);
  return await draw(template, values, data, fonts);
}

/** Renders the repayment schedule by itself. Throws as `renderContractPdf` does. */
export async function renderSchedulePdf(
  data: ContractPaper,
  fonts: FontSet,
  template: Template,
): Promise<Buffer> {
  assertContractPaper(data);
  return await draw(template, repaymentScheduleValues(data), data, fonts);
}
