// The mail server with nodemailer: `mails` of stdin through `transport`, what became of each to stdout.
const { readFileSync } = require("node:fs");
const nodemailer = require("nodemailer");

async function main({ transport, ca_file, mails }) {
  if (ca_file) transport.tls = { ca: readFileSync(ca_file), servername: "localhost" };
  const said = [];
  for (const mail of mails) {
    const way = nodemailer.createTransport(transport);
    try {
      const { accepted, rejected, response } = await way.sendMail(mail);
      said.push({ accepted, rejected, response });
    } catch (error) {
      said.push({ code: error.code, responseCode: error.responseCode, command: error.command });
    }
    way.close();
  }
  return said;
}

main(JSON.parse(readFileSync(0, "utf8"))).then((said) => console.log(JSON.stringify(said)));
