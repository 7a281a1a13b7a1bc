/**
 * House rule: docker-compose.yml is sound, as far as a machine without a Docker engine can tell.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CONFIG_VARIABLES } from '../../platform/config.ts';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.ts';
import {
  composeText,
  danglingReferences,
  floatingImages,
  inlineSecrets,
  parseCompose,
  schemaProblems,
  uncheckedServices,
  unknownVariables,
} from './compose.ts';
import { ROOT } from './sources.ts';

const text = composeText();
const own = parseCompose(text);

/** The file with one thing changed, to see each check fail. */
function planted(from: string, to: string): unknown {
  expect(text).toContain(from);
  return parseCompose(text.replaceAll(from, to));
}

describe('docker-compose.yml', () => {
  test('follows the schema, and a misspelt key or value does not', () => {
    expect(schemaProblems(own)).toEqual([]);
    expect(schemaProblems(planted('stop_grace_period', 'stop_grace_periode'))).not.toEqual([]);
    expect(schemaProblems(planted('service_healthy', 'service_helthy'))).not.toEqual([]);
    expect(schemaProblems(planted('interval: 5s', 'interval: 5'))).not.toEqual([]);
  });

  test('sets only variables that somebody reads', () => {
    expect(unknownVariables(own)).toEqual([]);
    expect(unknownVariables(planted('CODEC_PORT', 'CODEX_PORT'))).not.toEqual([]);
    expect(unknownVariables(planted('SANDBOX_DATA', 'SANDBOX_FOLDER'))).not.toEqual([]);
  });

  test('refers only to services and volumes that are there', () => {
    expect(danglingReferences(own)).toEqual([]);
    expect(danglingReferences(planted('  redis:\n    image', '  cache:\n    image'))).not.toEqual(
      [],
    );
    expect(danglingReferences(planted('\n  objects:\n', '\n  things:\n'))).not.toEqual([]);
  });

  test('checks the health of every service that keeps running', () => {
    expect(uncheckedServices(own)).toEqual([]);
    expect(
      uncheckedServices(planted('    healthcheck: &healthcheck', '    x-h: &healthcheck')),
    ).toEqual(['api']);
  });

  test('holds no secret and pins every image', () => {
    expect(inlineSecrets(own)).toEqual([]);
    expect(
      inlineSecrets(
        planted(
          'POSTGRES_PWD: ${POSTGRES_PASSWORD:?set POSTGRES_PASSWORD in .env}',
          'POSTGRES_PWD: secret',
        ),
      ),
    ).not.toEqual([]);
    expect(floatingImages(own)).toEqual([]);
    expect(floatingImages(planted('redis:8.6.4-bookworm', 'redis:latest'))).not.toEqual([]);
  });

  test('runs what the issue asks for', () => {
    const services = [
      'api',
      'worker',
      'codec-server',
      'sandbox',
      'postgres',
      'temporal',
      'temporal-ui',
      'redis',
    ];
    for (const service of services) expect(own).toHaveProperty(['services', service]);
  });

  test('makes every search attribute known that workflows set', () => {
    for (const { name, type } of SEARCH_ATTRIBUTES)
      expect(text).toContain(`--name ${name} --type ${type}`);
  });
});

describe('.env.example', () => {
  const names = readFileSync(join(ROOT, '.env.example'), 'utf8')
    .split('\n')
    .map((line) => /^#?\s?([A-Z][A-Z0-9_]+)=/.exec(line)?.[1])
    .filter((name) => name !== undefined);
  /** Read by npm start or docker compose and not by the processes themselves. */
  const ofTheStart = [
    'XINDAI_DATA',
    'TEMPORAL_CLI',
    'TEMPORAL_PORT',
    'TEMPORAL_UI_PORT',
    'POSTGRES_PORT',
    'POSTGRES_PASSWORD',
    'SANDBOX_PORT',
    'SANDBOX_SEED',
  ];

  test('names every variable of config.ts, and no other than those of the start', () => {
    const known = CONFIG_VARIABLES.map(({ name }) => name);
    expect(known.filter((name) => !names.includes(name))).toEqual([]);
    expect(names.filter((name) => !known.includes(name) && !ofTheStart.includes(name))).toEqual([]);
  });
});
