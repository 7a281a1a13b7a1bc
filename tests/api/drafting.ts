/** Filling in a draft through the API, as far as a test needs it. */
import { expect } from 'vitest';
import { sm3Hex } from '../../platform/crypto/sm3.ts';
import { application } from '../domain/samples.ts';
import type { World } from './world.ts';

export const JPEG = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4]);
const { device: _none, identity, work, loan } = application();
export const PAGES = { identity, work, loan } as const;

export async function newDraft(world: World, token: string): Promise<string> {
  const made = await world.call('POST', '/v1/applications', { token, json: {} });
  expect(made.status).toBe(201);
  return String(made.body['id']);
}

export async function fillPages(world: World, token: string, id: string): Promise<void> {
  const pages = [PAGES.identity, PAGES.work, PAGES.loan];
  for (const [index, json] of pages.entries()) {
    const path = `/v1/applications/${id}/pages/${index + 1}`;
    const saved = await world.call('PATCH', path, { token, json });
    expect(saved.status, saved.text).toBe(200);
  }
}

export async function uploadFace(world: World, token: string, id: string): Promise<void> {
  const saved = await world.call('PUT', `/v1/applications/${id}/face`, {
    token,
    body: JPEG,
    headers: { 'Content-Type': 'image/jpeg' },
  });
  expect(saved.status, saved.text).toBe(200);
}

export const ALL_ACTS = ['QUERY', 'REPORT', 'NEGATIVE_NOTICE', 'SENSITIVE'];

export async function showLetter(world: World, token: string, applicationId: string) {
  const shown = await world.call('POST', '/v1/authorisations', { token, json: { applicationId } });
  expect(shown.status, shown.text).toBe(201);
  return { id: String(shown.body['id']), text: String(shown.body['text']) };
}

export async function authorise(world: World, token: string, applicationId: string) {
  const letter = await showLetter(world, token, applicationId);
  const agreed = await world.call('POST', `/v1/authorisations/${letter.id}/agree`, {
    token,
    json: { textSm3: sm3Hex(letter.text), acts: ALL_ACTS },
  });
  expect(agreed.status, agreed.text).toBe(200);
  return letter;
}

/** A draft with everything a submission needs, and its evidence version. */
export async function readyDraft(world: World, token: string) {
  const id = await newDraft(world, token);
  await fillPages(world, token, id);
  await uploadFace(world, token, id);
  await authorise(world, token, id);
  const read = await world.call('GET', `/v1/applications/${id}`, { token });
  return { id, evidenceVersion: Number(read.body['evidenceVersion']) };
}
