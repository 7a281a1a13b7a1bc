/**
 * Reads docker-compose.yml and finds what is wrong with it, as far as a machine without Docker can.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { z } from 'zod';
import { CONFIG_VARIABLES } from '../../platform/config.ts';
import { ROOT } from './sources.ts';

const composeFile = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      environment: z.record(z.string(), z.unknown()).optional(),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).optional(),
      healthcheck: z.record(z.string(), z.unknown()).optional(),
      volumes: z.array(z.string()).optional(),
      restart: z.string().optional(),
      command: z.array(z.string()).optional(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()).optional(),
});

/** Variables of programs that are not ours, or that our own config does not read, by the image they belong to. */
const FOREIGN_VARIABLES: readonly (readonly [image: RegExp, names: readonly string[]])[] = [
  [/^postgres:/, ['POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB']],
  [
    /^temporalio\/server:/,
    [
      'DB',
      'DB_PORT',
      'DBNAME',
      'VISIBILITY_DBNAME',
      'POSTGRES_SEEDS',
      'POSTGRES_USER',
      'POSTGRES_PWD',
      'BIND_ON_IP',
      'NUM_HISTORY_SHARDS',
      'DYNAMIC_CONFIG_FILE_PATH',
    ],
  ],
  [
    /^temporalio\/admin-tools:/,
    ['SQL_PLUGIN', 'SQL_HOST', 'SQL_PORT', 'SQL_USER', 'SQL_PASSWORD', 'TEMPORAL_ADDRESS'],
  ],
  [/^temporalio\/ui:/, ['TEMPORAL_ADDRESS', 'TEMPORAL_CODEC_ENDPOINT', 'TEMPORAL_UI_PORT']],
  [/^redis:/, []],
];

/** What the sandbox reads: it is the outside and has no part in our config. */
const SANDBOX_VARIABLES = [
  'NODE_ENV',
  'SANDBOX_HOST',
  'SANDBOX_PORT',
  'SANDBOX_DATA',
  'SANDBOX_SEED',
  'SANDBOX_CLIENTS_FILE',
  'SANDBOX_CALLBACK_URL',
  'SANDBOX_ISSUER_URL',
  'SANDBOX_RATE_LIMITS',
];

/** The text of the repository's own file. */
export function composeText(): string {
  return readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
}

/** The document with anchors and merge keys resolved. */
export function parseCompose(text: string): unknown {
  return parse(text, { merge: true });
}

/** One sentence per place that the schema refuses. */
export function schemaProblems(document: unknown): string[] {
  const schema: unknown = JSON.parse(
    readFileSync(join(ROOT, 'tests', 'house', 'compose-schema.json'), 'utf8'),
  );
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
  const validate = ajv.compile(z.record(z.string(), z.unknown()).parse(schema));
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** One sentence per variable that no program of the service's image knows. */
export function unknownVariables(document: unknown): string[] {
  return Object.entries(composeFile.parse(document).services).flatMap(([name, service]) => {
    const known = knownVariables(name, service.image);
    return Object.keys(service.environment ?? {})
      .filter((variable) => !known.has(variable))
      .map((variable) => `${name} sets ${variable}, which nothing there reads`);
  });
}

/** One sentence per reference to a service or a volume that is not there, or to a health that is not checked. */
export function danglingReferences(document: unknown): string[] {
  const { services, volumes = {} } = composeFile.parse(document);
  return Object.entries(services).flatMap(([name, service]) => {
    const needs = Object.entries(service.depends_on ?? {}).flatMap(([other, { condition }]) => {
      const target = services[other];
      if (target === undefined) return [`${name} depends on ${other}, which is not there`];
      const unchecked = target.healthcheck === undefined || target.healthcheck.disable === true;
      return condition === 'service_healthy' && unchecked
        ? [`${name} waits for the health of ${other}, which is not checked`]
        : [];
    });
    const mounts = (service.volumes ?? [])
      .map((mount) => mount.split(':')[0] ?? '')
      .filter(
        (volume) => !volume.startsWith('.') && !volume.startsWith('/') && !(volume in volumes),
      )
      .map((volume) => `${name} mounts ${volume}, which is not declared`);
    return [...needs, ...mounts];
  });
}

/** Services that keep running and have no health check of their own. */
export function uncheckedServices(document: unknown): string[] {
  return Object.entries(composeFile.parse(document).services)
    .filter(([, { restart }]) => restart === 'unless-stopped' || restart === 'always')
    .filter(([, { healthcheck }]) => healthcheck === undefined || healthcheck.disable === true)
    .map(([name]) => name);
}

/** Values of secret variables that stand in the file itself instead of coming from outside. */
export function inlineSecrets(document: unknown): string[] {
  return Object.entries(composeFile.parse(document).services).flatMap(([name, service]) =>
    Object.entries(service.environment ?? {})
      .filter(([variable]) => /PASSWORD|PWD|SECRET|TOKEN/.test(variable))
      .filter(([, value]) => !/^\$\{\w+:\?[^}]+\}$/.test(String(value)))
      .map(([variable]) => `${name} has the value of ${variable} in the file`),
  );
}

/** Images that are not pinned to one version. */
export function floatingImages(document: unknown): string[] {
  return Object.values(composeFile.parse(document).services)
    .map(({ image }) => image)
    .filter((image) => !/:v?\d+(\.\d+)+(-\w+)?$/.test(image));
}

function knownVariables(service: string, image: string): ReadonlySet<string> {
  if (service === 'sandbox') return new Set(SANDBOX_VARIABLES);
  if (image.startsWith('xindai:')) return new Set(CONFIG_VARIABLES.map(({ name }) => name));
  return new Set(FOREIGN_VARIABLES.find(([pattern]) => pattern.test(image))?.[1] ?? []);
}
