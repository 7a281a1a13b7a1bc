/** The pages of a form as they are shown: in full to their owner, masked to staff. */
import type { IdentityPage, LoanPage } from '../domain/apply.ts';
import { maskAddress, maskCard, maskIdNumber, maskMobile, maskName } from '../domain/masks.ts';
import type { PartialForm } from '../db/queries/apply.ts';

export interface ShownPages {
  readonly identity: Record<string, unknown> | null;
  readonly work: Record<string, unknown> | null;
  readonly loan: Record<string, unknown> | null;
}

function maskIdentity(page: IdentityPage): Record<string, unknown> {
  return {
    ...page,
    name: maskName(page.name),
    idNumber: maskIdNumber(page.idNumber),
    address: maskAddress(page.address),
    mobile: maskMobile(page.mobile),
  };
}

function maskLoan(page: LoanPage): Record<string, unknown> {
  return {
    ...page,
    bankCardNumber: maskCard(page.bankCardNumber),
    bankReservedMobile: maskMobile(page.bankReservedMobile),
    contacts: page.contacts.map((contact) => ({
      ...contact,
      name: maskName(contact.name),
      mobile: maskMobile(contact.mobile),
    })),
  };
}

/** The employer and the income are what a reviewer decides on, so page 2 is shown as it is, its telephone masked. */
export function showPages(form: PartialForm, masked: boolean): ShownPages {
  const { identity, work, loan } = form;
  if (!masked) {
    return {
      identity: identity === null ? null : { ...identity },
      work: work === null ? null : { ...work },
      loan: loan === null ? null : { ...loan },
    };
  }
  const phone = work?.employerPhone;
  return {
    identity: identity === null ? null : maskIdentity(identity),
    work:
      work === null
        ? null
        : { ...work, employerPhone: typeof phone === 'string' ? maskMobile(phone) : null },
    loan: loan === null ? null : maskLoan(loan),
  };
}
