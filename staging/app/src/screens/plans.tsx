/** The plan one has, the plans one could have, credit packs, and what was ordered. */

import { useState, type ReactNode } from 'react';
import { Text, View } from 'react-native';

import { shown } from '../core/money';
import { SUBSCRIPTION, orderName, ordersOf, thingOf, type Order } from '../core/ordering';
import { ProductExtra } from '../extras';
import type { Picture, Plan, Product } from '../model/hub';
import { ids } from '../testIDs';
import { Card, Row, Words, lined } from '../ui/blocks';
import { Button } from '../ui/controls';
import { Body, Heading, Quiet, Strong } from '../ui/text';
import { SPACE, useTheme } from '../ui/theme';
import { app, usePicture } from '../ui/use';

const LIVE = new Set(['active', 'past_due']);
const OPEN = new Set(['pending', 'incomplete']);

export function PlansScreen() {
  const picture = usePicture();
  const { catalogue, known } = picture;
  const orders = ordersOf(known);
  return (
    <>
      <Standing picture={picture} />
      <Heading>Plans</Heading>
      <Card id={ids.plans}>
        {catalogue ? null : <Quiet>They come as soon as there is a network.</Quiet>}
        {lined(catalogue?.plans.map((plan) => <PlanLine key={plan.id} plan={plan} picture={picture} />))}
      </Card>
      <Heading>Credits</Heading>
      <Card id={ids.products}>
        {lined(catalogue?.products.map((product) => <ProductLine key={product.id} product={product} picture={picture} />))}
      </Card>
      <Heading>Orders</Heading>
      <Card id={ids.orders}>
        {orders.length ? null : <Quiet>Nothing was ordered yet.</Quiet>}
        {lined(orders.map((order) => <OrderLine key={order.order_id} order={order} picture={picture} />))}
      </Card>
    </>
  );
}

function Standing({ picture }: { picture: Picture }) {
  const { colours, size } = useTheme();
  const { known } = picture;
  const big = { color: colours.onHero, fontSize: size(32), lineHeight: size(38), fontWeight: '700', letterSpacing: -0.6 } as const;
  const small = { color: colours.onHero, fontSize: size(14), lineHeight: size(20) } as const;
  return (
    <View style={{ backgroundColor: colours.hero, borderRadius: 24, padding: SPACE.l + 2, flexDirection: 'row', flexWrap: 'wrap', gap: SPACE.l }}>
      <View style={{ flexGrow: 1 }}>
        <Text role="heading" aria-level={1} style={small}>Your plan</Text>
        <Text testID={ids.planNow} style={{ ...big, textTransform: 'capitalize' }}>{known.me?.plan ?? 'free'}</Text>
      </View>
      <View style={{ alignItems: 'flex-end' }}>
        <Text style={small}>Credits</Text>
        <Text testID={ids.creditsNow} style={big}>{String(known.me?.credits ?? 0)}</Text>
      </View>
      <SubscriptionLine picture={picture} />
    </View>
  );
}

function SubscriptionLine({ picture }: { picture: Picture }) {
  const { colours, size } = useTheme();
  const thing = thingOf(picture.known, SUBSCRIPTION);
  if (!thing || thing.status === 'none') return null;
  const ends = Boolean(picture.known.me?.subscription?.cancel_at_period_end);
  return (
    <View style={{ width: '100%', gap: SPACE.s }}>
      <Words id={ids.subscriptionState} word={thing.state} />
      {ends ? <Text testID={ids.subscriptionEnds} style={{ color: colours.onHero, fontSize: size(14) }}>Ends with the period that is paid</Text> : null}
      {thing.status === 'incomplete' && !picture.taken.includes(SUBSCRIPTION) ? (
        <Button id={ids.paySubscription} label="Continue payment" kind="soft" onPress={() => app.pay(SUBSCRIPTION)} />
      ) : null}
    </View>
  );
}

function PlanLine({ plan, picture }: { plan: Plan; picture: Picture }) {
  const { known, entries } = picture;
  const subscription = known.me?.subscription ?? null;
  const status = thingOf(known, SUBSCRIPTION)?.status ?? subscription?.status ?? 'none';
  const busy = entries.some((entry) => entry.slot === SUBSCRIPTION) || OPEN.has(status) || !known.me;
  const live = LIVE.has(status);
  const mine = live && subscription?.plan === plan.id;
  const ending = Boolean(subscription?.cancel_at_period_end);
  const yours = ending ? 'Yours until the paid period ends' : 'Yours now';
  return (
    <Offer id={ids.plan(plan.id)} title={plan.name} text={mine ? yours : `${shown(plan.amount, plan.currency)} a month`}>
      {mine && !ending ? <Cancel busy={busy} /> : null}
      {live ? null : <Button id={ids.subscribe(plan.id)} label="Choose" says={`Choose ${plan.name}`} busy={busy} onPress={() => app.subscribe(plan.id)} />}
      {live && !mine && !ending ? (
        <Button id={ids.change(plan.id)} label="Change to this" says={`Change to ${plan.name}`} kind="soft" busy={busy} onPress={() => app.changePlan(plan.id)} />
      ) : null}
    </Offer>
  );
}

function Cancel({ busy }: { busy: boolean }) {
  const [asked, setAsked] = useState(false);
  if (!asked) return <Button id={ids.cancel} label="Cancel" says="Cancel the plan" kind="danger" busy={busy} onPress={() => setAsked(true)} />;
  const end = async (): Promise<void> => {
    await app.cancel();
    setAsked(false);
  };
  return (
    <View style={{ width: '100%', gap: SPACE.m }}>
      <Body>End it when the paid period is over?</Body>
      <Row>
        <Button id={ids.cancelYes} label="Yes, end it" kind="danger" busy={busy} onPress={end} />
        <Button id={ids.cancelNo} label="Keep it" kind="soft" onPress={() => setAsked(false)} />
      </Row>
    </View>
  );
}

function ProductLine({ product, picture }: { product: Product; picture: Picture }) {
  const { label, busy } = buyButton(product, picture);
  return (
    <Offer id={ids.product(product.id)} title={product.name} text={shown(product.amount, product.currency)}>
      <Button id={ids.buy(product.id)} label={label} says={`${label}: ${product.name}`} busy={busy} onPress={() => app.buy(product)} />
      <ProductExtra product={product} />
    </Offer>
  );
}

function Offer({ id, title, text, children }: { id: string; title: string; text: string; children: ReactNode }) {
  return (
    <Row id={id}>
      <View style={{ flexGrow: 1, flexShrink: 1 }}>
        <Strong>{title}</Strong>
        <Quiet>{text}</Quiet>
      </View>
      {children}
    </Row>
  );
}

/** Busy from the first tap until the payment is there to be paid; then it leads to that payment and makes no second order. */
function buyButton(product: Product, { known, entries, placed, taken }: Picture): { label: string; busy: boolean } {
  if (entries.some((entry) => entry.slot === `buy:${product.id}`)) return { label: 'Payment pending', busy: true };
  const listed = new Set(known.me?.orders.map((order) => orderName(order.order_id)));
  if (Object.entries(placed).some(([name, id]) => id === product.id && !listed.has(name))) return { label: 'Payment pending', busy: true };
  const open = ordersOf(known).filter((one) => one.product_id === product.id);
  if (open.some((one) => one.status === 'pending')) return { label: 'Payment pending', busy: true };
  const waiting = open.find((one) => one.status === 'awaiting_payment');
  if (!waiting) return { label: 'Buy', busy: false };
  return taken.includes(orderName(waiting.order_id)) ? { label: 'Payment pending', busy: true } : { label: 'Continue payment', busy: false };
}

function OrderLine({ order, picture }: { order: Order; picture: Picture }) {
  const product = picture.catalogue?.products.find((one) => one.id === order.product_id);
  const name = orderName(order.order_id);
  const payable = (order.status === 'awaiting_payment' || order.status === 'failed') && !picture.taken.includes(name);
  return (
    <Row id={ids.order(order.order_id)}>
      <View style={{ flexGrow: 1, flexShrink: 1 }}>
        <Strong>{product?.name ?? order.product_id}</Strong>
        <Quiet>{shown(order.amount, order.currency)}</Quiet>
      </View>
      <Words id={ids.orderState(order.order_id)} word={order.state} />
      {payable ? <Button id={ids.payOrder(order.order_id)} label="Pay" says={`Pay ${product?.name ?? 'this order'}`} kind="soft" onPress={() => app.pay(name)} /> : null}
    </Row>
  );
}
