// The webhook with the vendor's Node client: `messages` of stdin to `url`, what became of each to stdout.
const { readFileSync } = require("node:fs");
const { IncomingWebhook } = require("@slack/webhook");

async function main({ url, messages }) {
  const hook = new IncomingWebhook(url, { timeout: 5000 });
  const said = [];
  for (const message of messages) {
    try {
      said.push((await hook.send(message)).text);
    } catch (error) {
      said.push({ name: error.name, code: error.code, status: error.statusCode, body: error.body });
    }
  }
  return said;
}

main(JSON.parse(readFileSync(0, "utf8"))).then((said) => console.log(JSON.stringify(said)));
