// A month of a subscription on a test clock, by the vendor's own Node client: {url, key, start} in, what came of it out.
const Stripe = require("stripe");

async function season({ url, key, start }) {
  const at = new URL(url);
  const stripe = new Stripe(key, { host: at.hostname, port: at.port, protocol: "http", telemetry: false });
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start });
  const customer = await stripe.customers.create({ test_clock: clock.id });
  const card = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } });
  const price = await stripe.prices.create({
    currency: "usd",
    unit_amount: 1500,
    recurring: { interval: "month" },
    product_data: { name: "Node" },
  });
  const coupon = await stripe.coupons.create({ percent_off: 20, duration: "once" });
  const live = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id, quantity: 2 }],
    discounts: [{ coupon: coupon.id }],
  });
  let now = await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: start + 32 * 86400 });
  for (let asked = 0; asked < 500 && now.status === "advancing"; asked += 1) {
    await new Promise((ready) => setTimeout(ready, 20));
    now = await stripe.testHelpers.testClocks.retrieve(clock.id);
  }
  const invoices = await stripe.invoices.list({ subscription: live.id });
  const preview = await stripe.invoices.createPreview({ subscription: live.id });
  await stripe.testHelpers.testClocks.del(clock.id);
  return {
    status: live.status,
    frozen: now.frozen_time,
    paid: invoices.data.map((one) => one.amount_paid),
    next: preview.total,
  };
}

let text = "";
process.stdin.on("data", (part) => (text += part));
process.stdin.on("end", () =>
  season(JSON.parse(text)).then(
    (found) => process.stdout.write(JSON.stringify(found)),
    (problem) => {
      process.stderr.write(String(problem.stack || problem));
      process.exitCode = 1;
    },
  ),
);
