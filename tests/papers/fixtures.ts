/** A loan contract's paper for the tests, made of a real offer and a real authorisation letter; its people are made up. */
import type { ContractPaper } from '../../activities/contract/contract-paper.ts';
import { FontError, loadFontSet } from '../../activities/contract/fonts.ts';
import { authorisationText } from '../../domain/authorisation.ts';
import type { ContractData } from '../../domain/contract.ts';
import { fen } from '../../domain/money.ts';
import { buildOffer } from '../../domain/offer.ts';
import { policyOf } from '../../domain/policy.ts';
import { POLICY_ROWS } from '../../domain/policy-rows.ts';
import { PERSONAL_CREDIT, type ProductFee } from '../../domain/products.ts';
import { annualRate } from '../../domain/rates.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';

const TODAY = '2026-11-24';
const ID_NUMBER = '11010519491231002X';
const MOBILE = '13800138000';

const LENDER = {
  name: '示例银行股份有限公司',
  identifier: '91350100M000100Y43',
  address: '福建省福州市示例路1号',
  phone: '95500',
};

export interface FixtureChoices {
  readonly termMonths?: number;
  readonly name?: string;
  readonly fees?: readonly ProductFee[];
}

function offerOf(choices: FixtureChoices) {
  const result = buildOffer({
    product: { ...PERSONAL_CREDIT, fees: choices.fees ?? [] },
    amountFen: fen(50_000_00),
    termMonths: choices.termMonths ?? 12,
    annualRate: annualRate('14.40'),
    lenderName: LENDER.name,
    startDate: TODAY,
    policy: policyOf(POLICY_ROWS, TODAY, PERSONAL_CREDIT.lenderType),
  });
  if (!result.ok) throw new Error('The fixture makes no offer.');
  return result.offer;
}

/** The contract of one loan of 50,000 yuan at 14.40 %. */
export function contractFixture(choices: FixtureChoices = {}): ContractPaper {
  const offer = offerOf(choices);
  const name = choices.name ?? '张𠮷';
  const letter = authorisationText({
    authorisationId: 'AU-0001',
    templateVersion: 1,
    grantor: { name, idNumber: ID_NUMBER, mobile: MOBILE },
    grantee: { name: LENDER.name, uscc: LENDER.identifier },
    bureaus: ['PBOC', 'BAIHANG'],
    purposes: ['02'],
    date: TODAY,
    validityDays: 30,
  });
  const contract: ContractData = {
    contractNumber: 'XD202611240001',
    templateVersion: 1,
    lender: LENDER,
    lenderType: offer.lenderType,
    borrower: {
      name,
      identifier: ID_NUMBER,
      address: '北京市朝阳区示例街道88号院6号楼1201室',
      phone: MOBILE,
    },
    amountFen: offer.amountFen,
    termMonths: offer.termMonths,
    method: offer.method,
    annualRate: offer.annualRate,
    purposeZh: '房屋装修',
    payoutCard: '6222021234567890128',
    instalments: offer.schedule.instalments,
    disclosure: offer.disclosure,
    authorisationId: 'AU-0001',
    authorisationHash: sm3Hex(letter.textHashInput),
    signingDate: TODAY,
    dualRecording: true,
  };
  return {
    contract,
    createdAt: '2026-11-24T02:03:04.000Z',
    productZh: PERSONAL_CREDIT.zh,
    dayCount: PERSONAL_CREDIT.dayCount,
    plannedPayoutDate: offer.startDate,
    advancedFen: offer.schedule.totals.advancedFen,
    authorisation: { paragraphs: letter.paragraphs, agreedAt: '2026-11-24T02:01:02.000Z' },
  };
}

/** Why papers cannot be drawn on this machine; null when they can. */
export const FONTS_MISSING: string | null = (() => {
  try {
    loadFontSet();
    return null;
  } catch (error) {
    if (error instanceof FontError) return `(skipped: ${error.message})`;
    throw error;
  }
})();
