// node loaded-bytes.mjs URL COOKIE: what Chromium transfers for a page and all that it
// loads, with an empty cache, as JSON. Compressed sizes, headers included.
import { chromium } from '../end2end/node_modules/@playwright/test/index.mjs';
import { chromiumArguments, chromiumPath } from '../end2end/chromium.mjs';

const [url, cookie] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArguments });
try {
  const context = await browser.newContext();
  await context.addCookies(
    cookie.split('; ').map((pair) => {
      const [name, ...value] = pair.split('=');
      return { name, value: value.join('='), url };
    }),
  );
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  const paths = new Map();
  const items = [];
  devtools.on('Network.requestWillBeSent', ({ requestId, request }) => paths.set(requestId, new URL(request.url).pathname));
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) =>
    items.push({ path: paths.get(requestId) ?? '?', bytes: encodedDataLength }),
  );
  await devtools.send('Network.enable');
  const reply = await page.goto(url, { waitUntil: 'networkidle' });
  if (reply.status() !== 200 || new URL(page.url()).pathname !== new URL(url).pathname)
    throw new Error(`${url} answered ${reply.status()} at ${page.url()}`);
  console.log(JSON.stringify({ requests: items.length, bytes: items.reduce((sum, item) => sum + item.bytes, 0), items }));
} finally {
  await browser.close();
}
