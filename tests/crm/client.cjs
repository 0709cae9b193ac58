// The CRM with the vendor's Node client: calls of stdin by their names, what came of each to stdout.
const { readFileSync } = require("node:fs");
const { Client } = require("@hubspot/api-client");
const { ApiException } = require("@hubspot/api-client/lib/codegen/crm/contacts");

async function main({ client: settings, steps }) {
  const client = new Client(settings);
  const said = [];
  // "$0.id" in an argument is the id that the first step answered.
  const filled = (value) =>
    JSON.parse(JSON.stringify(value), (_, inner) => {
      const found = typeof inner === "string" && /^\$(\d+)\.(.+)$/.exec(inner);
      return found ? found[2].split(".").reduce((at, name) => at[name], said[found[1]]) : inner;
    });
  for (const [name, ...given] of steps) {
    const path = name.split(".");
    const method = path.pop();
    const api = path.reduce((at, part) => at[part], client);
    try {
      said.push((await api[method](...filled(given))) ?? null);
    } catch (error) {
      said.push({ error: error.constructor.name, own: error instanceof ApiException, code: error.code, body: error.body });
    }
  }
  return said;
}

main(JSON.parse(readFileSync(0, "utf8"))).then((said) => console.log(JSON.stringify(said)));
