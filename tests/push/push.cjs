// The push service with the vendor's Node client (EXPO_BASE_URL says where): steps of stdin, what came of each to stdout.
const { readFileSync } = require("node:fs");
const { pathToFileURL } = require("node:url");

async function main({ accessToken, steps }) {
  const { Expo } = await import(pathToFileURL(require.resolve("expo-server-sdk")).href);
  const expo = new Expo({ accessToken, retryMinTimeout: 10 });
  const ways = {
    send: (given) => expo.sendPushNotificationsAsync(given),
    receipts: (given) => expo.getPushNotificationReceiptsAsync(given),
    isToken: async (given) => Expo.isExpoPushToken(given),
    chunks: async (given) => expo.chunkPushNotifications(given).map((chunk) => chunk.length),
  };
  const said = [];
  for (const [way, given] of steps) {
    try {
      said.push(await ways[way](given));
    } catch (error) {
      said.push({ code: error.code, status: error.statusCode, details: error.details, message: error.message });
    }
  }
  return said;
}

main(JSON.parse(readFileSync(0, "utf8"))).then((said) => console.log(JSON.stringify(said)));
