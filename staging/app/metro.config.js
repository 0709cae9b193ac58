// Metro as Expo sets it up, and one swap: a test build gets `flaws/` where the build that ships gets an empty module.
const path = require('node:path');
const { getDefaultConfig } = require('expo/metro-config');

const config = getDefaultConfig(__dirname);
const forTests = process.env.APP_TEST_BUILD === '1';

config.resolver.resolveRequest = (context, name, platform) => {
  if (forTests && name.endsWith('/extras')) {
    return { type: 'sourceFile', filePath: path.join(__dirname, 'flaws', 'extras.tsx') };
  }
  return context.resolveRequest(context, name, platform);
};

module.exports = config;
