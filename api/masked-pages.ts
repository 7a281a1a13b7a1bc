/** The pages of a form as they are shown: in full to their owner, masked to those who work on them, to others not at all. */
import type { IdentityPage, LoanPage, WorkPage } from '../domain/apply.ts';
import { maskAddress, maskCard, maskIdNumber, maskMobile, maskName } from '../domain/masks.ts';
import type { UnmaskField } from '../domain/unmask.ts';
import type { PartialForm } from '../db/queries/apply.ts';
import type { Sight } from './sight.ts';

export interface ShownPages {
  readonly identity: Record<string, unknown> | null;
  readonly work: Record<string, unknown> | null;
  readonly loan: Record<string, unknown> | null;
}

/** How a reader sees a form: null hides it; `clear` names the fields a live grant shows as they are. */
export interface FormSight {
  readonly sight: Sight | null;
  readonly clear: ReadonlySet<UnmaskField>;
}

export const HIDDEN: ShownPages = { identity: null, work: null, loan: null };

type Mask = <T>(field: UnmaskField, value: T, mask: (value: T) => T) => T;

function showIdentity(page: IdentityPage, as: Mask): Record<string, unknown> {
  return {
    ...page,
    name: as('name', page.name, maskName),
    idNumber: as('idNumber', page.idNumber, maskIdNumber),
    address: as('address', page.address, maskAddress),
    mobile: as('mobile', page.mobile, maskMobile),
  };
}

/** The employer and the income are what a reviewer decides on, so they are shown as they are, the telephone masked. */
function showWork(page: WorkPage, as: Mask): Record<string, unknown> {
  const phone = page.employerPhone;
  return {
    ...page,
    employerPhone: phone === null ? null : as('employerPhone', phone, maskMobile),
  };
}

function showLoan(page: LoanPage, as: Mask): Record<string, unknown> {
  return {
    ...page,
    bankCardNumber: as('bankCard', page.bankCardNumber, maskCard),
    bankReservedMobile: as('mobile', page.bankReservedMobile, maskMobile),
    contacts: page.contacts.map((contact) => ({
      ...contact,
      name: as('contacts', contact.name, maskName),
      mobile: as('contacts', contact.mobile, maskMobile),
    })),
  };
}

/** Masks whatever the reader's sight does not show (regulation.md §5.2). */
export function showPages(form: PartialForm, { sight, clear }: FormSight): ShownPages {
  if (sight === null) return HIDDEN;
  const as: Mask = (field, value, mask) =>
    sight === 'clear' || clear.has(field) ? value : mask(value);
  const { identity, work, loan } = form;
  return {
    identity: identity === null ? null : showIdentity(identity, as),
    work: work === null ? null : showWork(work, as),
    loan: loan === null ? null : showLoan(loan, as),
  };
}
