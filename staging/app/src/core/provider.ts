/**
 * Pays at the payment provider with the publishable key, as the vendor's mobile SDK does it for the app. The pipeline never
 * sees a card, and no secret key is here. Called by the payment sheet.
 */

import { ask, type Answer } from './api';
import type { Payment } from './ordering';

/** The provider's test cards that the sheet offers, by what happens to them. */
export const CARDS = {
  good_card: { title: 'A card that pays', id: 'pm_card_visa' },
  declined_card: { title: 'A card that is declined', id: 'pm_card_visa_chargeDeclined' },
  insufficient_funds: { title: 'A card without money', id: 'pm_card_visa_chargeDeclinedInsufficientFunds' },
} as const;

export type Card = keyof typeof CARDS;
export type Paid = { kind: 'taken' } | { kind: 'declined'; message: string } | { kind: 'unknown' };

const TAKEN = new Set(['succeeded', 'processing', 'requires_capture']);
const TIMEOUT_MS = 10_000;

/** Asks the provider to take the money of one payment; the same payment is never taken twice, however often this is asked. */
export async function confirm(base: string, payment: Payment, card: Card, fetcher: typeof fetch = fetch): Promise<Paid> {
  const answer = await ask(
    {
      method: 'POST',
      url: `${addressOf(base, payment)}/confirm`,
      token: payment.publishable_key,
      form: { client_secret: payment.client_secret, payment_method: CARDS[card].id, return_url: 'tern://paid' },
      timeoutMs: TIMEOUT_MS,
    },
    fetcher,
  );
  return meaningOf(answer);
}

/** What has become of a payment whose answer got lost; nothing when it still waits for a card. */
export async function look(base: string, payment: Payment, fetcher: typeof fetch = fetch): Promise<Paid | null> {
  const secret = encodeURIComponent(payment.client_secret);
  const url = `${addressOf(base, payment)}?client_secret=${secret}`;
  const answer = await ask({ method: 'GET', url, token: payment.publishable_key, timeoutMs: TIMEOUT_MS }, fetcher);
  if (answer.kind === 'ok' && !TAKEN.has(String(answer.body['status']))) return null;
  return meaningOf(answer);
}

function addressOf(base: string, payment: Payment): string {
  const id = payment.client_secret.split('_secret_')[0] ?? '';
  return `${base}/v1/payment_intents/${encodeURIComponent(id)}`;
}

function meaningOf(answer: Answer): Paid {
  if (answer.kind === 'unknown') return { kind: 'unknown' };
  if (answer.kind === 'refused') return { kind: 'declined', message: answer.message };
  if (TAKEN.has(String(answer.body['status']))) return { kind: 'taken' };
  return { kind: 'declined', message: 'Your bank asks for more than this sheet can show. Choose another card.' };
}
