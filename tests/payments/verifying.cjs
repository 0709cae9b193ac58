// Verifies deliveries as the vendor's Node client does, and fetches what thin ones name: JSON in, JSON out.
const fs = require("fs");
const Stripe = require("stripe");

async function judged(client, { body, header, secret, thin }) {
  try {
    const bytes = Buffer.from(body, "base64");
    if (!thin) return { type: client.webhooks.constructEvent(bytes, header, secret).type };
    const notice = client.parseEventNotification(bytes, header, secret);
    const event = await notice.fetchEvent();
    const related = await notice.fetchRelatedObject();
    return { type: notice.type, snapshot: event.snapshot_event, related: related.id };
  } catch (problem) {
    return { error: problem.type || problem.name };
  }
}

async function main() {
  const given = JSON.parse(fs.readFileSync(0, "utf8"));
  const { hostname, port } = new URL(given.url);
  const client = new Stripe(given.key, { host: hostname, port, protocol: "http", telemetry: false });
  const answers = [];
  for (const delivery of given.deliveries) answers.push(await judged(client, delivery));
  console.log(JSON.stringify(answers));
}

main();
