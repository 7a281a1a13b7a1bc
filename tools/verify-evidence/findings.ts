/** What the verifier says: one line per thing that must hold, in Chinese and English, and what exactly does not. */

export const CHECKS = {
  ARCHIVE: { zh: '压缩包结构安全可读', en: 'The archive is sound and safe to read' },
  FILES: {
    zh: '每个文件与清单一致，不多不少',
    en: 'Every file is as listed, none more, none less',
  },
  MANIFEST: {
    zh: '清单由贷款人签名并有时间戳',
    en: 'The manifest is signed by the lender and time-stamped',
  },
  CONTRACT: {
    zh: '展示、签署与合同文件的摘要相同',
    en: 'What was shown, what was signed and the contract are one digest',
  },
  SIGNATURES: { zh: '合同上的每个签名有效', en: 'Every signature under the contract holds' },
  CERTIFICATES: {
    zh: '签署人证书在签署时有效并可追溯到根',
    en: 'The signers’ certificates were good at signing and lead to a root',
  },
  REVOCATION: {
    zh: '签署时证书未被吊销',
    en: 'No certificate was revoked at signing',
  },
  TOKENS: {
    zh: '签署前后的时间戳有效且先后有序',
    en: 'The time stamps before and after signing hold and are in order',
  },
  CONSENTS: { zh: '授权书与同意记录一致', en: 'Letters and records of consent agree' },
  INTENT: { zh: '签署意愿记录完整', en: 'The record of the will to sign is complete' },
  DECISION: { zh: '审批记录与其摘要一致', en: 'The records of decisions match their digests' },
  RECORDING: {
    zh: '双录清单的签名、时间戳与链条有效',
    en: 'The manifests of dual recordings hold: signature, stamp, chain',
  },
  AUDIT: {
    zh: '审计记录逐环相连并被封存',
    en: 'The audit entries are linked one to the next, up to a seal that holds',
  },
} as const;
export type CheckId = keyof typeof CHECKS;

export const FAULTS = {
  ARCHIVE_UNREADABLE: { zh: '压缩包损坏或被截断', en: 'The archive is damaged or cut off' },
  ARCHIVE_TOO_LARGE: {
    zh: '条目过多或文件过大',
    en: 'There are too many entries, or one is too large',
  },
  ARCHIVE_BOMB: {
    zh: '压缩比异常（压缩炸弹）',
    en: 'An entry swells beyond reason (zip bomb)',
  },
  ARCHIVE_PATH: { zh: '条目路径越界', en: 'An entry’s path leads out of the archive' },
  ARCHIVE_DUPLICATE: { zh: '条目重名', en: 'Two entries have one name' },
  ARCHIVE_KIND: { zh: '条目类型不受支持', en: 'An entry is of a kind that is not accepted' },
  MALFORMED: { zh: '文件格式不正确', en: 'A file is not of its form' },
  FILE_MISSING: { zh: '缺少文件', en: 'A file is missing' },
  FILE_UNKNOWN: { zh: '清单之外的文件', en: 'A file is in no list' },
  FILE_ALTERED: { zh: '文件被改动', en: 'A file was altered' },
  LIST_DIFFERS: { zh: 'files.txt 与清单不一致', en: 'files.txt and the manifest differ' },
  SEAL_KEY_UNKNOWN: { zh: '印章公钥不受信任', en: 'The seal key is not a trusted one' },
  MANIFEST_SIGNATURE_WRONG: {
    zh: '清单的签名无效',
    en: 'The signature over the manifest does not hold',
  },
  MANIFEST_TOKEN_WRONG: {
    zh: '清单的时间戳无效',
    en: 'The time stamp over the manifest does not hold',
  },
  DIGEST_DIFFERS: { zh: '摘要不一致', en: 'A digest differs' },
  PARTY_UNNAMED: {
    zh: '有签署意愿记录中未载明的签署人的签名',
    en: 'Somebody signed whom the record of intent does not name',
  },
  PARTY_MISSING: { zh: '缺少一方的签名', en: 'The signature of a party is missing' },
  SIGNATURE_WRONG: { zh: '签名无效', en: 'A signature does not hold' },
  IMPLEMENTATIONS_DIFFER: {
    zh: '两种国密实现结论不同',
    en: 'Two implementations of SM2 disagree',
  },
  CERTIFICATE_MISSING: { zh: '缺少签署人证书', en: 'The signer has no certificate' },
  CERTIFICATE_KEY_DIFFERS: {
    zh: '证书不是该签名公钥的证书',
    en: 'The certificate is not for the key that signed',
  },
  CERTIFICATE_EXPIRED: {
    zh: '签署时证书已过期',
    en: 'The certificate had run out at signing',
  },
  CERTIFICATE_REFUSED: {
    zh: '证书链无效',
    en: 'The chain of certificates does not hold',
  },
  CERTIFICATE_USAGE: { zh: '证书不可用于签名', en: 'The certificate is not for signing' },
  CERTIFICATE_OTHER_SIGNER: {
    zh: '证书属于另一笔申请',
    en: 'The certificate is for another application',
  },
  CERTIFICATE_REVOKED: {
    zh: '签署时证书已被吊销',
    en: 'The certificate was revoked at signing',
  },
  REVOCATION_LIST_WRONG: {
    zh: '吊销列表缺失或无效',
    en: 'The revocation list is missing or does not hold',
  },
  TOKEN_WRONG: { zh: '时间戳无效', en: 'A time stamp does not hold' },
  TOKEN_IMPRINT_DIFFERS: {
    zh: '时间戳覆盖的是别的内容',
    en: 'A time stamp is over something else',
  },
  TOKEN_ORDER: { zh: '时间先后颠倒', en: 'The order of times is wrong' },
  TOKEN_STALE: {
    zh: '签署前的时间戳早于签署窗口',
    en: 'The stamp before signing is older than the time to sign',
  },
  CONSENT_TEXT_DIFFERS: { zh: '授权书文本被改动', en: 'The text of a letter was altered' },
  CONSENT_MISSING: {
    zh: '没有签署前的有效授权',
    en: 'There is no consent from before the signing',
  },
  CONSENT_LEDGER_DIFFERS: {
    zh: '同意台账与授权书不符',
    en: 'The ledger of consents does not fit the letters',
  },
  INTENT_INCOMPLETE: {
    zh: '签署意愿记录不完整',
    en: 'The record of the will to sign is incomplete',
  },
  DECISION_DIFFERS: { zh: '审批记录被改动', en: 'The record of a decision was altered' },
  RECORDING_SIGNATURE_WRONG: {
    zh: '双录清单签名无效',
    en: 'The signature over a recording does not hold',
  },
  RECORDING_TOKEN_WRONG: {
    zh: '双录清单时间戳无效',
    en: 'The time stamp over a recording does not hold',
  },
  RECORDING_OTHER_CONTRACT: {
    zh: '双录属于另一份合同',
    en: 'A recording is of another contract',
  },
  RECORDING_CHAIN_BROKEN: {
    zh: '双录分片链断裂',
    en: 'The chain of a recording’s chunks is broken',
  },
  AUDIT_LINK_MISSING: { zh: '审计链缺环', en: 'A link of the audit chain is missing' },
  AUDIT_CHAIN_BROKEN: {
    zh: '审计链与封存的值不符（记录被改动）',
    en: 'The audit chain does not lead to its seal: an entry was altered',
  },
  AUDIT_SEAL_WRONG: { zh: '审计封存无效', en: 'A seal over the audit chain does not hold' },
  AUDIT_COUNT_DIFFERS: {
    zh: '审计记录数与清单不符',
    en: 'The number of audit entries is not the manifest’s',
  },
} as const;
export type FaultCode = keyof typeof FAULTS;

/** Something that does not hold. `place` names a file or a position; never personal data. */
export interface Fault {
  readonly code: FaultCode;
  readonly place: string;
  /** A coded reason beneath the code, where there is one. */
  readonly reason?: string | undefined;
}

/** Thrown where a check cannot go on. */
export class BundleFault extends Error {
  readonly fault: Fault;

  constructor(code: FaultCode, place: string, reason?: string) {
    super(`${code} ${place}`);
    this.name = 'BundleFault';
    this.fault = { code, place, reason };
  }
}

/** `HOLDS`, `BROKEN`, `ABSENT` where the bundle has nothing of the kind, `UNREACHED` where an earlier fault prevents it. */
export type CheckState = 'HOLDS' | 'BROKEN' | 'ABSENT' | 'UNREACHED';

export interface CheckResult {
  readonly check: CheckId;
  readonly state: CheckState;
  readonly faults: readonly Fault[];
}
