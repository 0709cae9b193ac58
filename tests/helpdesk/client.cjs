// The helpdesk with a widespread Node client: calls of stdin by their names, what came of each to stdout.
const { readFileSync } = require("node:fs");
const { createClient } = require("node-zendesk");
const play = require("../node/steps.cjs");

const failed = (error) => ({
  error: error.constructor.name, message: error.message, status: error.statusCode ?? null, result: error.result ?? null,
});
const { client, steps } = JSON.parse(readFileSync(0, "utf8"));
play(createClient(client), steps, failed).then((said) => console.log(JSON.stringify(said)));
