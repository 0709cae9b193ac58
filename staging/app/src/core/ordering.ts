/**
 * What the phone knows of the server, in the server's order: an older answer never overwrites a newer one, however late it
 * arrives. Pure. The order is `as_of`, the server's own time of reading; without one, the time at which the phone asked.
 */

export type Status = 'pending' | 'awaiting_payment' | 'paid' | 'failed';

export interface Payment {
  client_secret: string;
  publishable_key: string;
}

export interface Order {
  order_id: string;
  product_id: string;
  amount: number;
  currency: string;
  status: Status;
  state: string;
}

export interface Ticket {
  ticket_id: string;
  subject: string;
  status: string;
  state: string;
}

export interface Me {
  account: { account_id: string; email: string; name: string };
  state: string;
  plan: string;
  subscription: { status: string; plan: string; cancel_at_period_end: boolean } | null;
  credits: number;
  orders: Order[];
  tickets: Ticket[];
  as_of?: number;
}

export interface Thing {
  state: string;
  status: string;
  asOf: number;
}

export interface Known {
  me: Me | null;
  asOf: number;
  things: Record<string, Thing>;
}

export const NOTHING: Known = { me: null, asOf: 0, things: {} };
export const SUBSCRIPTION = 'subscription';

export const orderName = (id: string): string => `order:${id}`;
export const ticketName = (id: string): string => `ticket:${id}`;

/** The time an answer is true of, in microseconds: the server's, or when it was asked for. */
export function asOf(body: Record<string, unknown>, askedAtMs: number): number {
  const told = body['as_of'];
  return typeof told === 'number' ? told : askedAtMs * 1_000;
}

/** With what one answer tells of one thing; unchanged when a newer answer has told already. */
export function withThing(known: Known, name: string, thing: Thing): Known {
  const there = known.things[name];
  if (there && there.asOf > thing.asOf) return known;
  return { ...known, things: { ...known.things, [name]: thing } };
}

/** With a whole reading of oneself; unchanged when it is older than the one that is there. */
export function withMe(known: Known, me: Me, at: number): Known {
  if (known.me && known.asOf > at) return known;
  let next: Known = { ...known, me, asOf: at };
  for (const order of me.orders) {
    next = withThing(next, orderName(order.order_id), { state: order.state, status: order.status, asOf: at });
  }
  for (const ticket of me.tickets) {
    next = withThing(next, ticketName(ticket.ticket_id), { state: ticket.state, status: ticket.status, asOf: at });
  }
  return next;
}

/** The newest word for a thing. */
export function thingOf(known: Known, name: string): Thing | null {
  return known.things[name] ?? null;
}

/** The newest orders first, each with the newest word for it. */
export function ordersOf(known: Known): Order[] {
  const orders = known.me?.orders ?? [];
  return orders.map((order) => ({ ...order, ...newest(known, orderName(order.order_id)) })).reverse() as Order[];
}

/** The newest questions first, each with the newest word for it. */
export function ticketsOf(known: Known): Ticket[] {
  const tickets = known.me?.tickets ?? [];
  return tickets.map((ticket) => ({ ...ticket, ...newest(known, ticketName(ticket.ticket_id)) })).reverse();
}

function newest(known: Known, name: string): { state: string; status: string } | object {
  const thing = known.things[name];
  return thing ? { state: thing.state, status: thing.status } : {};
}
