/** The papers of a told story: what the applicant could download, saved in a folder of its own. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { data } from '../teller/world.ts';
import type { Stage, StageEvent } from './stage.ts';

/**
 * Saves what there is: timeline, offer, contract and loan. Papers of an earlier run are replaced.
 * @returns the paths that were written
 */
export async function savePapers(
  stage: Stage,
  key: string,
  events: readonly StageEvent[],
): Promise<readonly string[]> {
  const folder = join(stage.place.folder, key);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { client, applicationId } = stage;
  const { offerId, contractId, loanId } = await data(client.applications.get(applicationId));
  const papers: [string, string | Uint8Array][] = [['timeline.json', json(events)]];
  if (offerId !== null) papers.push(['offer.json', json(await data(client.offers.get(offerId)))]);
  if (contractId !== null)
    papers.push(['contract.pdf', await data(client.contracts.pdf(contractId))]);
  if (loanId !== null) papers.push(['loan.json', json(await data(client.loans.get(loanId)))]);
  for (const [name, content] of papers)
    await writeFile(join(folder, name), content, { mode: 0o600 });
  return papers.map(([name]) => join(folder, name));
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
