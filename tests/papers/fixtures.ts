/** A loan contract's data for the papers' tests, all of it made up. */
import { authorisationText } from '../../domain/authorisation.ts';
import { fen } from '../../domain/money.ts';
import { annualRate } from '../../domain/rates.ts';
import { buildSchedule } from '../../domain/schedule.ts';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { FontError, loadFontSet } from '../../activities/contract/fonts.ts';
import type { ContractData } from '../../activities/contract/contract-data.ts';

const LENDER = {
  name: '示例银行股份有限公司',
  uscc: '91350100M000100Y43',
  address: '福建省福州市示例路1号',
  complaintPhone: '95500',
};

export interface FixtureChoices {
  readonly instalments?: number;
  readonly name?: string;
  readonly fees?: ContractData['fees'];
}

/** The contract of one loan of 50,000 yuan at 14.40 %, with real authorisation text. */
export function contractFixture(choices: FixtureChoices = {}): ContractData {
  const termMonths = choices.instalments ?? 12;
  const fees = choices.fees ?? [];
  const principalFen = fen(50_000_00);
  const rate = annualRate('14.40');
  const schedule = buildSchedule({
    principalFen,
    annualRate: rate,
    instalments: termMonths,
    method: 'EQUAL_INSTALMENT',
    dayCount: 'MONTHS/12',
    startDate: '2026-11-24',
    fees: fees.map((fee) => ({ code: 'FEE', timing: fee.timing, amountFen: fee.amountFen })),
  });
  const name = choices.name ?? '张𠮷';
  const letter = authorisationText({
    authorisationId: 'AU-0001',
    templateVersion: 1,
    grantor: { name, idNumber: '11010519491231002X', mobile: '13800138000' },
    grantee: LENDER,
    bureaus: ['PBOC', 'BAIHANG'],
    purposes: ['02'],
    date: '2026-11-24',
    validityDays: 30,
  });
  return {
    number: 'XD202611240001',
    createdAt: '2026-11-24T02:03:04.000Z',
    madeOn: '2026-11-24',
    lender: LENDER,
    borrower: {
      name,
      idNumber: '11010519491231002X',
      mobile: '13800138000',
      address: '北京市朝阳区示例街道88号院6号楼1201室',
    },
    product: { code: 'PERSONAL_CREDIT', version: 1, nameZh: '个人信用贷款' },
    purposeZh: '装修',
    principalFen,
    termMonths,
    annualRate: rate,
    method: 'EQUAL_INSTALMENT',
    dayCount: 'MONTHS/12',
    plannedPayoutDate: '2026-11-24',
    schedule,
    fees,
    contingent: {
      penaltyMarkupPercent: '50',
      misuseMarkupPercent: '100',
      earlySettlementPercent: '0',
    },
    payoutAccount: { bankName: '示例银行', lastFour: '0128' },
    authorisation: {
      id: 'AU-0001',
      textSm3: sm3Hex(letter.textHashInput),
      paragraphs: letter.paragraphs,
      agreedAt: '2026-11-24T02:01:02.000Z',
    },
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
