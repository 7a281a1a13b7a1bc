/** The bundle's README: what is in it, in Chinese and English, and the OpenSSL commands that check it. */
import { EVIDENCE_PATHS as PATHS, type EvidenceManifest } from '../../domain/evidence.ts';
import { CryptoError } from '../../platform/crypto/errors.ts';
import { readAll, readSequence } from '../../platform/crypto/der.ts';
import type { EvidenceMaterial } from './material.ts';

const DISTID = '1234567812345678';

/** `openssl dgst` over a file, as SM2 wants it. */
const verify = (key: string, signature: string, data: string): string =>
  `openssl dgst -sm3 -verify ${key} -sigopt distid:${DISTID} -signature ${signature} ${data}`;

const stamped = (data: string, token: string): string =>
  `openssl ts -verify -data ${data} -in ${token} -CAfile ${PATHS.trustedStampers} -partial_chain`;

/** SM2 signatures here are made over the 32 bytes of a digest. */
const digestOf = (file: string, to: string): string =>
  `openssl dgst -sm3 -binary -out ${to} ${file}`;

/** Where body and signature of a list begin in it: OpenSSL's `crl` cannot be told the SM2 user id, so both are cut out. */
function listCommands(list: Buffer, issuer: string): readonly string[] {
  const [body, algorithm] = readSequence(list);
  const [whole] = readAll(list);
  if (body === undefined || algorithm === undefined || whole === undefined)
    throw new CryptoError('ENCODING_INVALID', 'Not a revocation list.');
  const start = whole.raw.length - whole.content.length;
  const signature = start + body.raw.length + algorithm.raw.length;
  const cut = (at: number, to: string) =>
    `openssl asn1parse -inform DER -in ${PATHS.revocationList} -strparse ${at} -noout -out ${to}`;
  return [
    cut(start, '$WORK/list.body'),
    cut(signature, '$WORK/list.sig'),
    `openssl x509 -in ${issuer} -noout -pubkey -out $WORK/issuer.pem`,
    verify('$WORK/issuer.pem', '$WORK/list.sig', '$WORK/list.body'),
    `openssl crl -inform DER -in ${PATHS.revocationList} -noout -text`,
  ];
}

function certificateCommands(paths: readonly string[], atSeconds: number): readonly string[] {
  const check = (issuer: string, one: string) =>
    `openssl verify -partial_chain -attime ${atSeconds} -vfyopt distid:${DISTID} -CAfile ${issuer} ${one}`;
  // One link at a time: OpenSSL 3.0 applies the SM2 user id to one certificate of a chain only.
  return paths.map((path, at) => check(paths[at + 1] ?? PATHS.trustedRoots, path));
}

function signatureCommands(
  material: EvidenceMaterial,
  manifest: EvidenceManifest,
): readonly string[] {
  const lines = [digestOf(PATHS.contract, '$WORK/contract.sm3')];
  for (const one of manifest.signatures) {
    lines.push(`# ${one.party}`);
    lines.push(verify(one.publicKey, one.signature, '$WORK/contract.sm3'));
    const [leaf, issuer] = one.certificates;
    if (leaf === undefined) continue;
    lines.push(
      `openssl x509 -in ${leaf} -noout -pubkey | cmp - ${one.publicKey}`,
      ...certificateCommands(one.certificates, Math.ceil(Date.parse(one.at) / 1_000)),
    );
    if (issuer !== undefined && material.revocationList !== null)
      lines.push(...listCommands(material.revocationList, issuer));
  }
  return lines;
}

const tokenCommands = ({ signatures }: EvidenceManifest): readonly string[] => [
  stamped(PATHS.contract, PATHS.tokenBefore),
  `cat ${signatures.map(({ signature }) => signature).join(' ')} > $WORK/signatures.bin`,
  stamped('$WORK/signatures.bin', PATHS.tokenAfter),
];

const recordingCommands = ({ recordings, sealKey }: EvidenceManifest): readonly string[] =>
  recordings.flatMap(({ manifest, signature, token }) =>
    manifest === null || signature === null || token === null
      ? []
      : [
          digestOf(manifest, '$WORK/recording.sm3'),
          verify(sealKey, signature, '$WORK/recording.sm3'),
          stamped(manifest, token),
        ],
  );

const auditCommands = ({ audit }: EvidenceManifest): readonly string[] =>
  audit.seals.flatMap(({ keyId, text, signature, token }) => [
    verify(audit.keys[keyId] ?? 'trust/UNKNOWN.pem', signature, text),
    `cat ${text} ${signature} > $WORK/seal.bin`,
    stamped('$WORK/seal.bin', token),
  ]);

const INTRODUCTION = `证据包 / Evidence bundle
========================

本压缩包是一份已签署借款合同的全部证据，可离线核验，无需联网、数据库或任何秘密。
推荐使用 xindai-verify：npx xindai-verify 本文件.zip；也可以在解压后的目录里用 OpenSSL 3 逐条执行下面的命令，每条都应成功。
trust/ 中的证书与公钥随包附送，仅为方便：请与各机构公布的指纹核对，否则只能证明本包自身前后一致。
审计记录的链条（audit/excerpt.ndjson）由 xindai-verify 逐环计算；OpenSSL 核验的是封存它的签名与时间戳。
证书是否被吊销：在吊销列表的输出中查找签署人证书的序列号。

This archive is the evidence of one signed loan contract. It can be checked offline: no network, no database, no secret.
xindai-verify does it in one go (npx xindai-verify this-file.zip). In the unpacked folder OpenSSL 3 does it with the commands
below; every one of them must succeed. Certificates and keys under trust/ come along for convenience: compare them with
what their owners publish, or you prove no more than that this bundle agrees with itself.
The links of the audit chain (audit/excerpt.ndjson) are computed by xindai-verify; OpenSSL checks the signatures and time
stamps that seal it. Whether a certificate was revoked: look for its serial number in what the list prints.

papers/      合同与其他文件、报价与还款计划 / the contract and other papers, the offer with its schedule and costs
consents/    授权书原文、勾选的事项、同意台账 / letters as shown, each act that was ticked, the ledger of consents
intent/      签署意愿：展示与签署的摘要、停留、设备、来源 / what was shown and signed, dwell, device, origin
signatures/  签名、公钥、证书链、吊销列表 / signatures, public keys, certificates, revocation list
tokens/      签署前后的时间戳 / time stamps before and after signing
decision/    审批结论及其记录的摘要 / decisions, and their records where they are shown
recordings/  双录清单、签名与时间戳 / manifests of dual recordings, signed and stamped
audit/       审计链节选与封存 / the audit trail of this loan with the proof of its chain
trust/       供核对的根证书与公钥 / roots and keys to be compared with published ones
`;

/** @param manifest as it will be, without its list of files */
export function evidenceReadme(material: EvidenceMaterial, manifest: EvidenceManifest): string {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['准备 / Preparation', ['set -e', 'WORK=$(mktemp -d)']],
    [
      '每个文件的摘要 / The digest of every file',
      [
        'while read -r digest path; do',
        '  test "$(openssl dgst -sm3 -r "$path" | cut -d " " -f 1)" = "$digest"',
        `done < ${PATHS.list}`,
      ],
    ],
    [
      '清单的签名与时间戳 / The manifest, signed and stamped',
      [
        digestOf(PATHS.manifest, '$WORK/manifest.sm3'),
        verify(manifest.sealKey, PATHS.manifestSignature, '$WORK/manifest.sm3'),
        stamped(PATHS.manifestSignature, PATHS.manifestToken),
      ],
    ],
    ['合同的签名 / Signatures under the contract', signatureCommands(material, manifest)],
    ['签署前后的时间戳 / Time stamps before and after', tokenCommands(manifest)],
    ['双录 / Dual recording', recordingCommands(manifest)],
    ['审计链的封存 / Seals of the audit chain', auditCommands(manifest)],
  ];
  const blocks = parts
    .filter(([, lines]) => lines.length > 0)
    .map(([title, lines]) => `\n${title}\n\n\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`);
  return INTRODUCTION + blocks.join('');
}
