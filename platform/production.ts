/** What production refuses to start with: values that are good for development and dangerous with real people's data. */
import type { Config } from './config.ts';

/** The lender of the sandbox: a contract in its name is nobody's. */
export const DEVELOPMENT_LENDER = {
  name: '信贷示范银行',
  uscc: '91110000MA00000000',
  account: 'LENDER-0001',
} as const;

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\]|0\.0\.0\.0|\[::\])$/i;
const isLoopback = (url: string): boolean => LOOPBACK.test(new URL(url).hostname);
const isHttps = (url: string): boolean => url.startsWith('https:');

type Urls = readonly (readonly [name: string, url: string | undefined])[];

/** What browsers and other people's systems reach us by, or we them: encrypted, and not this machine. */
const reachedFromAfar = ({ api, auth, gateway, codec }: Config): Urls => [
  ['API_PUBLIC_URL', api.publicUrl],
  ['AUTH_ISSUER', auth.issuer],
  ['AUTH_JWKS_URL', auth.jwksUrl],
  ['GATEWAY_URL', gateway.url],
  ...codec.allowedOrigins.map((origin) => ['CODEC_ALLOWED_ORIGINS', origin] as const),
];

/** What stands beside us: an agent on this machine may be spoken to in clear, anything else may not. */
const beside = ({ keyService, objectStoreBucket, signIn, staffNoticeUrl }: Config): Urls => [
  ['OBJECT_STORE_URL', objectStoreBucket?.url],
  ['KEY_SERVICE_URL', keyService.url],
  ['SIGN_IN_BACK_CHANNEL_URL', signIn.backChannelUrl],
  ['STAFF_NOTICE_URL', staffNoticeUrl],
];

/** One sentence for the first thing that production does not take, naming its variable; null when there is none. */
export function developmentSetting(config: Config): string | null {
  for (const [name, url] of reachedFromAfar(config)) {
    if (url === undefined) continue;
    if (isLoopback(url)) return `${name} is an address of this machine, which production refuses.`;
    if (!isHttps(url)) return `${name} is not an https URL, which production refuses.`;
  }
  for (const [name, url] of beside(config)) {
    if (url !== undefined && !isHttps(url) && !isLoopback(url))
      return `${name} is neither an https URL nor on this machine, which production refuses.`;
  }
  const { name, uscc, account } = DEVELOPMENT_LENDER;
  const { lender } = config;
  if (lender.name === name) return "LENDER_NAME is the sandbox's lender, which production refuses.";
  if (lender.uscc === uscc) return "LENDER_USCC is the sandbox's lender, which production refuses.";
  if (lender.account === account)
    return "LENDER_ACCOUNT is the sandbox's lender, which production refuses.";
  return null;
}
