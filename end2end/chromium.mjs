// Which Chromium the tests use: the one named by PORTICO_CHROMIUM, else the
// machine's own, else Playwright's. Run alone it prints the path, or fails.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** @returns {string | undefined} a path, or undefined where Playwright's own is to be used */
export function chromiumPath() {
  if (process.env.PORTICO_CHROMIUM) return process.env.PORTICO_CHROMIUM;
  for (const name of names)
    for (const folder of ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)])
      if (folder && existsSync(join(folder, name))) return join(folder, name);
  return undefined;
}

// No sandbox: containers refuse it. The rest keeps the browser from calling home.
export const chromiumArguments = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  let path = chromiumPath();
  if (!path) {
    const { chromium } = await import('@playwright/test');
    path = chromium.executablePath();
  }
  if (!existsSync(path)) {
    console.error(`no Chromium at ${path}`);
    process.exit(1);
  }
  console.log(path);
}
