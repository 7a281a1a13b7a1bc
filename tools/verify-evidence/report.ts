/** How a verdict is printed: a table of what holds and what does not, and whom the verifier had to believe. */
import { sm3 } from '../../platform/crypto/sm3.ts';
import { allFromPem } from '../../platform/crypto/pem.ts';
import { sm2SpkiDer } from '../../platform/crypto/sm2.ts';
import type { Trust } from './bundle.ts';
import { CHECKS, type CheckState, FAULTS, type Fault } from './findings.ts';
import type { Verdict } from './verify.ts';

const STATES: Readonly<Record<CheckState, string>> = {
  HOLDS: '成立 HOLDS    ',
  BROKEN: '不符 BROKEN   ',
  ABSENT: '无　 ABSENT   ',
  UNREACHED: '未验 UNREACHED',
};

/** Nothing that a bundle says reaches the terminal as a control character. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?');

function faultLine({ code, place, reason }: Fault): string {
  const { zh, en } = FAULTS[code];
  const why = reason === undefined ? '' : ` (${printable(reason)})`;
  return `                 ${zh} / ${en}: ${printable(place)}${why} [${code}]`;
}

const fingerprint = (der: Uint8Array): string => sm3(der).toString('hex');

/** Whom the verdict rests on: fingerprints (SM3 of the DER form) and whether a person named them. */
export function trustLines(trust: Trust): readonly string[] {
  const source = (given: boolean) =>
    given ? '由您指定 named by you' : '来自证据包 FROM THE BUNDLE';
  const lines = (name: string, given: boolean, ders: readonly Uint8Array[]) =>
    ders.map((der) => `  ${name}  ${source(given)}  SM3 ${fingerprint(der)}`);
  const { caRoots, stampersPem, sealKeys, auditKeys, given } = trust;
  return [
    ...lines('CA 根证书 CA root', given.caRoots, caRoots),
    ...lines(
      '时间戳证书 time-stamp authority',
      given.stampers,
      stampersPem.flatMap((pem) => allFromPem('CERTIFICATE', pem)),
    ),
    ...lines('贷款人印章公钥 seal key', given.sealKeys, sealKeys.map(sm2SpkiDer)),
    ...lines('审计封存公钥 audit key', given.auditKeys, auditKeys.map(sm2SpkiDer)),
  ];
}

const WARNING = [
  '!! 标有 FROM THE BUNDLE 的根证书与公钥来自证据包本身：请与各机构公布的指纹核对，否则只能证明证据包自身前后一致。',
  '!! Roots and keys marked FROM THE BUNDLE came with it: compare their fingerprints with published ones, or you have',
  '!! proved no more than that the bundle agrees with itself. Options: --ca-root --tsa --seal-key --audit-key FILE',
];

/** The report for people. */
export function report({ holds, results, bundle }: Verdict): string {
  const lines: string[] = [];
  if (bundle !== null) {
    const { manifest } = bundle;
    lines.push(
      `证据包 Bundle ${manifest.bundleId} (${manifest.audience})`,
      `合同 Contract ${printable(manifest.contractNumber)}  SM3 ${manifest.contractSm3}`,
      '',
    );
  }
  for (const { check, state, faults } of results) {
    lines.push(`${STATES[state]}  ${CHECKS[check].zh} / ${CHECKS[check].en}`);
    lines.push(...faults.map(faultLine));
  }
  if (bundle !== null) {
    const { unproved } = bundle.manifest.audit;
    if (unproved > 0)
      lines.push(
        `注意 NOTE  ${unproved} 条早期审计记录不能由证据包证明，须由 audit:verify 在线核验 / ${unproved} entries were chained in the`,
        '            form of the first releases; audit:verify proves them at the lender, a bundle cannot',
      );
    lines.push('', '信任 Trust', ...trustLines(bundle.trust));
    if (!Object.values(bundle.trust.given).every(Boolean)) lines.push(...WARNING);
  }
  const verdict = holds ? '全部成立 EVERYTHING HOLDS' : '存在不符 SOMETHING DOES NOT HOLD';
  return `${[...lines, '', verdict].join('\n')}\n`;
}

/** The report for programs. */
export function jsonReport({ holds, results, bundle }: Verdict): string {
  const about =
    bundle === null
      ? null
      : {
          bundleId: bundle.manifest.bundleId,
          contractId: bundle.manifest.contractId,
          contractSm3: bundle.manifest.contractSm3,
          trustGiven: bundle.trust.given,
        };
  return `${JSON.stringify({ holds, bundle: about, results }, null, 2)}\n`;
}
