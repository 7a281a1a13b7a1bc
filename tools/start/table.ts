/**
 * The one table that a start ends with: what runs where, who may log in, and what to do next.
 */
import { join } from 'node:path';
import { publicUrls } from './environment.ts';
import type { StartSettings } from './settings.ts';

/** Demo staff of the sandbox's identity provider and what each may do. */
const STAFF = [
  ['reviewer-li, reviewer-wang', 'reviewer'],
  ['senior-zhao', 'senior-reviewer'],
  ['risk-sun', 'risk-officer'],
  ['risk-he', 'risk-approver'],
  ['finance-qian', 'finance-maker'],
  ['finance-zhou', 'finance-checker'],
  ['ops-wu, ops-zheng', 'operations'],
  ['compliance-feng', 'compliance'],
  ['auditor-chen', 'auditor'],
  ['sec-lin', 'security-admin'],
] as const;

/** The table as text that ends with a line break. */
export function startTable(settings: StartSettings): string {
  const urls = publicUrls(settings);
  const embeddedTemporal = settings.temporalAddress === undefined;
  const rows: (readonly [string, string])[] = [
    ['API', `${urls.api}  (docs: ${urls.api}/docs)`],
    ['Temporal', settings.temporalAddress ?? `127.0.0.1:${settings.ports.temporal}`],
    ...(embeddedTemporal ? [['Temporal UI', urls.temporalUi] as const] : []),
    ['Codec server', urls.codec],
    ['Sandbox', `${urls.sandbox}  (the outside world: bureaus, bank, CA, SMS)`],
    ['PostgreSQL', settings.databaseUrl === undefined ? 'embedded' : 'DATABASE_URL'],
    ['Data and logs', `${settings.dataDir}  (${join(settings.dataDir, 'logs')})`],
  ];
  const next = [
    ['npm run demo', 'live nine loans through the REST API'],
    ['npm run -s token -- --role reviewer', 'a token for curl'],
    [`curl ${urls.api}/openapi.json`, 'the API as OpenAPI 3.1'],
  ] as const;
  return [
    '',
    '信贷 Xindai runs. Ctrl-C stops it; the next start goes on where this one stopped.',
    ...section('What runs where', rows),
    ...section('Demo staff', STAFF),
    ...section('Next', next),
    '',
    '',
  ].join('\n');
}

function section(title: string, rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return ['', title, ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)];
}
