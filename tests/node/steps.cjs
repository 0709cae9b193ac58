// Calls of a vendor's client by their names, one after the other, and what came of each.
// "$0.id" in an argument is the id that the first step answered.
module.exports = async function play(client, steps, failed) {
  const said = [];
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
      said.push(failed(error));
    }
  }
  return said;
};
