// The payment provider with the vendor's Node client: calls of stdin by their names, what came of each to stdout.
const { readFileSync } = require("node:fs");
const Stripe = require("stripe");
const play = require("../node/steps.cjs");

const failed = (error) => ({
  error: error.type, own: error instanceof Stripe.errors.StripeError, code: error.code, status: error.statusCode,
  decline: error.decline_code, param: error.param, message: error.message,
  intent: error.payment_intent?.id ?? null,
});
const { key, options, steps } = JSON.parse(readFileSync(0, "utf8"));
play(new Stripe(key, options), steps, failed).then((said) => console.log(JSON.stringify(said)));
