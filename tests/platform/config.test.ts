/**
 * Settings are taken whole or refused by one sentence that names the variable.
 */
import { describe, expect, it } from 'vitest';
import { businessDate } from '../../platform/clock.ts';
import { CONFIG_VARIABLES, ConfigError, loadConfig, WORKER_QUEUES } from '../../platform/config.ts';

const least = {
  DATABASE_URL: 'postgres://xindai@127.0.0.1:5432/xindai',
  GATEWAY_KEYS_FILE: '/keys/gateway.json',
  DATA_KEYS_FILE: '/keys/data.json',
};

function refusal(env: NodeJS.ProcessEnv): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'taken';
}

describe('the configuration', () => {
  it('takes its defaults from the documented table', () => {
    const config = loadConfig(least);
    expect(config.database).toEqual({ url: least.DATABASE_URL, schema: 'xindai', poolMax: 10 });
    expect(config.workerQueues).toEqual(WORKER_QUEUES);
    expect(config.bureauRates).toEqual({ pboc: 2, baihang: 5 });
    expect(config.redisUrl).toBeUndefined();
    expect(config.codec.allowedOrigins).toContain('http://localhost:8233');
    expect(config.environment).toBe('development');
  });

  it('documents every variable with a meaning, once', () => {
    const names = CONFIG_VARIABLES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { meaning } of CONFIG_VARIABLES) expect(meaning.length).toBeGreaterThan(10);
  });

  it('treats an empty variable as absent', () => {
    expect(loadConfig({ ...least, API_PORT: '', REDIS_URL: '' }).api.port).toBe(8080);
    expect(refusal({ ...least, DATABASE_URL: '' })).toMatch(/^DATABASE_URL is not set: /);
  });

  it('refuses what cannot be used, naming the variable and what it must be', () => {
    const cases: readonly [string, string, RegExp][] = [
      ['API_PORT', '80800', /^API_PORT must be a whole number from 0 to 65535\.$/],
      ['API_PORT', '8e3', /^API_PORT must be a whole number/],
      ['LOG_LEVEL', 'loud', /^LOG_LEVEL must be one of trace, /],
      ['DATABASE_URL', 'mysql://x', /^DATABASE_URL must be a URL like postgres:/],
      ['DATABASE_SCHEMA', 'a;drop', /^DATABASE_SCHEMA must be a plain lower-case name\.$/],
      ['WORKER_QUEUES', 'loan,bureaux', /^WORKER_QUEUES must be one of loan, /],
      ['TEMPORAL_ADDRESS', 'localhost', /^TEMPORAL_ADDRESS must be host:port\.$/],
      ['CODEC_ALLOWED_ORIGINS', '*', /^CODEC_ALLOWED_ORIGINS must be an http or https URL\.$/],
      ['NODE_ENV', 'prod', /^NODE_ENV must be one of/],
      ['LENDER_USCC', 'x', /^LENDER_USCC must have 18/],
    ];
    for (const [name, value, sentence] of cases) {
      expect(refusal({ ...least, [name]: value })).toMatch(sentence);
    }
  });

  it('takes no development default in production', () => {
    expect(refusal({ ...least, NODE_ENV: 'production' })).toMatch(/^TEMPORAL_ADDRESS is not set/);
    const set = Object.fromEntries(
      CONFIG_VARIABLES.filter(({ required }) => required === 'in production').map((one) => [
        one.name,
        one.default ?? 'https://service.test',
      ]),
    );
    const full: NodeJS.ProcessEnv = {
      ...least,
      ...set,
      API_PUBLIC_URL: 'https://api.bank.test',
      AUTH_ISSUER: 'https://id.bank.test',
      AUTH_JWKS_URL: 'https://id.bank.test/jwks',
      GATEWAY_URL: 'https://gateway.bank.test',
      CODEC_ALLOWED_ORIGINS: 'https://temporal.bank.test',
      LENDER_NAME: '某某银行',
      LENDER_USCC: '91350100M000100Y43',
      LENDER_ACCOUNT: '1',
      NODE_ENV: 'production',
    };
    expect(loadConfig(full).environment).toBe('production');
    for (const name of Object.keys(set)) {
      expect(refusal({ ...full, [name]: undefined })).toMatch(new RegExp(`^${name} is not set: `));
    }
    const development: readonly [string, string][] = [
      ['API_PUBLIC_URL', 'http://api.bank.test'],
      ['API_PUBLIC_URL', 'https://localhost:8080'],
      ['AUTH_ISSUER', 'http://127.0.0.1:9090/idp'],
      ['AUTH_JWKS_URL', 'http://sandbox:9090/idp/jwks'],
      ['GATEWAY_URL', 'http://[::1]:9090'],
      ['CODEC_ALLOWED_ORIGINS', 'https://temporal.bank.test,http://localhost:8233'],
      ['KEY_SERVICE_URL', 'http://kms.bank.test'],
      ['LENDER_NAME', '信贷示范银行'],
      ['LENDER_USCC', '91110000MA00000000'],
      ['LENDER_ACCOUNT', 'LENDER-0001'],
    ];
    for (const [name, value] of development) {
      expect(refusal({ ...full, [name]: value })).toMatch(new RegExp(`^${name} is .* refuses\\.$`));
      expect(refusal({ ...least, [name]: value })).toBe('taken');
    }
  });
});

describe('the business date', () => {
  it('changes at midnight in Shanghai', () => {
    expect(businessDate(new Date('2026-05-31T15:59:59Z'))).toBe('2026-05-31');
    expect(businessDate(new Date('2026-05-31T16:00:00Z'))).toBe('2026-06-01');
  });
});
