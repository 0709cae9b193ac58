// The CRM with the vendor's Node client: calls of stdin by their names, what came of each to stdout.
const { readFileSync } = require("node:fs");
const { Client } = require("@hubspot/api-client");
const { ApiException } = require("@hubspot/api-client/lib/codegen/crm/contacts");
const play = require("../node/steps.cjs");

const failed = (error) => ({
  error: error.constructor.name, own: error instanceof ApiException, code: error.code, body: error.body,
});
const { client, steps } = JSON.parse(readFileSync(0, "utf8"));
play(new Client(client), steps, failed).then((said) => console.log(JSON.stringify(said)));
