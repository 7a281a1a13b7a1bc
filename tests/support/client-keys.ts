/** What makes every call outside fail for good: the gateway takes another key for ours, as after a key ceremony gone wrong. */
import { generateSm2KeyPair } from '../../platform/crypto/sm2.ts';
import { readGatewayKeys } from '../../platform/keys.ts';
import { prepareToSign } from '../../tools/teller/applicant.ts';
import { data } from '../../tools/teller/world.ts';
import type { House } from './house.ts';
import type { Loan } from './loan.ts';

async function register({ config, sandbox }: House, publicKey: string): Promise<void> {
  const { keyId } = readGatewayKeys(config.gateway.keysFile, config.environment).signing;
  const answer = await fetch(`${sandbox.url}/_admin/clients`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ [config.gateway.appId]: { [keyId]: publicKey } }),
  });
  if (!answer.ok) throw new Error(`the sandbox takes no key: HTTP ${answer.status}`);
}

/** From now on the sandbox refuses whatever this house sends, as a bad request that trying again cannot mend. */
export async function breakKeys(house: House): Promise<void> {
  await register(house, generateSm2KeyPair().publicKey);
}

/** Loans whose borrowers have their codes and sign once every call outside fails. */
export async function signWithBrokenKeys(house: House, loans: readonly Loan[]): Promise<void> {
  const ready = await Promise.all(
    loans.map(async ({ client, id }) => ({ client, ...(await prepareToSign(client, id)) })),
  );
  await breakKeys(house);
  await Promise.all(
    ready.map(({ client, contractId, signing }) =>
      data(client.contracts.sign(contractId, signing)),
    ),
  );
}

/** The sandbox knows our key again. */
export async function mendKeys(house: House): Promise<void> {
  const { gateway, environment } = house.config;
  await register(house, readGatewayKeys(gateway.keysFile, environment).signing.publicKey);
}
