/** Nothing that the personas are known by reaches a log line, whichever way it got there. */
import { expect, it } from 'vitest';
import { createLogger } from '../../../platform/log.ts';
import { createPeople } from '../../../sandbox/people/people.ts';

const NOW = new Date('2026-11-24T04:00:00Z');

/** Everything in the form of a persona that names, reaches or pays somebody. */
function secretsOf(persona: ReturnType<ReturnType<typeof createPeople>['personas']>[number]) {
  const { identity, work, loan } = persona.application;
  const { bankCardNumber, bankReservedMobile, contacts } = loan;
  return [
    identity.name,
    identity.idNumber,
    identity.mobile,
    identity.address,
    bankCardNumber,
    bankReservedMobile,
    ...contacts.flatMap(({ name, mobile }) => [name, mobile]),
    ...[work.employerName].filter((one) => one !== null),
  ];
}

it('masks every persona in messages, placeholders, errors, causes, names of fields, bindings and nested fields', () => {
  const lines: string[] = [];
  const log = createLogger(
    'api',
    { logLevel: 'info', environment: 'test' },
    { write: (line) => void lines.push(line) },
  );
  const personas = createPeople('test').personas(NOW);
  expect(personas.length).toBeGreaterThan(20);
  for (const persona of personas) {
    const secrets = secretsOf(persona);
    lines.length = 0;
    for (const secret of secrets) {
      log.info(`form of ${secret} taken`);
      log.warn('form of %s taken', secret);
      log.error(new Error(`no account of ${secret}`));
      log.error({ err: new Error('failed', { cause: new Error(secret) }) }, 'failed');
      log.child({ who: secret }).info('bound');
      log.info({ a: { b: [{ c: secret }] }, [secret]: 1, note: `x${secret}y` }, 'nested');
    }
    log.info({ form: persona.application }, 'whole form');
    const all = lines.join('');
    expect(lines).toHaveLength(secrets.length * 6 + 1);
    for (const secret of secrets) expect(all, persona.key).not.toContain(secret);
  }
});
