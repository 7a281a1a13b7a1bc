/** Every port to the outside, as one set that the activities are given. */
import type { BankPort } from './bank.ts';
import type { BaihangPort, PbocPort } from './bureaus.ts';
import type { IdentityPort } from './identity.ts';
import type { NoticePort } from './notice.ts';
import type { OcrPort } from './ocr.ts';
import type { RegistryPort } from './registry.ts';
import type { StaffNoticePort } from './staff-notice.ts';
import type { CertificateAuthorityPort, TimestampPort } from './trust.ts';

export interface Ports {
  readonly identity: IdentityPort;
  readonly pboc: PbocPort;
  readonly baihang: BaihangPort;
  readonly registry: RegistryPort;
  readonly ca: CertificateAuthorityPort;
  readonly tsa: TimestampPort;
  readonly bank: BankPort;
  readonly ocr: OcrPort;
  readonly notice: NoticePort;
  readonly staffNotice: StaffNoticePort;
}
