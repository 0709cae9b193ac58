// Keeps the page and its script, so that the app opens without a network. Never touches what it asks of a server.
const SHELF = 'shell-1';
const PAGE = '/';
const SLOW_MS = 2000;

async function keep(page) {
  const shelf = await caches.open(SHELF);
  const text = await page.clone().text();
  const parts = [...text.matchAll(/(?:src|href)="(\/(?:_expo|assets)\/[^"]+|\/favicon\.[a-z]+)"/g)].map((found) => found[1]);
  await Promise.all(parts.map(async (part) => (await shelf.match(part)) ?? shelf.add(part)));
  await shelf.put(PAGE, page);
}

async function page(event) {
  const fresh = fetch(event.request).then((answer) => {
    if (answer.ok) event.waitUntil(keep(answer.clone()).catch(() => undefined));
    return answer;
  });
  const late = new Promise((done) => setTimeout(done, SLOW_MS)).then(() => caches.match(PAGE));
  const kept = async () => (await caches.match(PAGE)) ?? fresh;
  return (await Promise.race([fresh.catch(kept), late])) ?? fresh;
}

self.addEventListener('install', (event) => {
  self.skipWaiting();
  event.waitUntil(fetch(PAGE, { cache: 'no-store' }).then(keep));
});

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate') event.respondWith(page(event));
  else if (url.pathname.startsWith('/_expo/') || url.pathname.startsWith('/assets/')) {
    event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
  }
});
