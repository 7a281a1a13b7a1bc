/** Accounts behind cards: every card number has one from its first use, held by whom the directory says. */
import type { Transaction } from '@electric-sql/pglite';
import type { People } from '../people/people.ts';
import { PLAIN_BANK, type BankTraits } from '../people/person.ts';
import { readCard } from '../people/persona.ts';
import { drawsFrom } from '../random.ts';
import { type Account, findAccount, openAccount } from './books.ts';

export interface CardAccount {
  readonly account: Account;
  readonly traits: BankTraits;
}

/**
 * The account of a card, opened when it is the first use. A card of our issuers belongs to its persona; any other
 * belongs to whoever is named first.
 */
export async function cardAccount(
  tx: Transaction,
  people: People,
  card: string,
  namedHolder: string | null,
  now: Date,
): Promise<CardAccount> {
  const person = people.byCard(card, now);
  const traits = person?.bank ?? {
    ...PLAIN_BANK,
    openingBalanceFen: drawsFrom('card', card).integer(100_000, 30_000_000),
  };
  const holderName = person?.name ?? (readCard(card) === null ? namedHolder : null) ?? '示范陌生人';
  await openAccount(
    tx,
    {
      number: card,
      kind: 'CARD',
      holderName,
      holderId: person?.idNumber ?? null,
      status: traits.cardStatus,
      openingBalanceFen: traits.openingBalanceFen,
    },
    now,
  );
  const account = await findAccount(tx, card);
  if (account === null) throw new Error('an account that was just opened is missing');
  return { account, traits };
}
