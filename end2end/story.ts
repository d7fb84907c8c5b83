// `test` for every spec: knows where Portico is, who is signed in (`test.use({ as: 'owner' })`),
// and fails a story on anything the browser complains about (H01): console errors,
// uncaught exceptions, violations of the content security policy.
import { test as base, type BrowserContext, type TestInfo } from '@playwright/test';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cookiesOf, type Person } from './people.ts';
import { logFolder, tail } from './stack.ts';

interface Story {
  /** Who is signed in when the story begins; null: nobody. */
  as: Person | null;
  /** Complaints that this story means to cause. */
  mayComplain: (about: RegExp) => void;
}

export const test = base.extend<Story & { watched: void }>({
  as: [null, { option: true }],
  baseURL: async ({}, use) => use(process.env.E2E_BASE_URL),
  storageState: async ({ as }, use) => use(as ? cookiesOf(as) : undefined),
  mayComplain: async ({}, use, info) => use((about) => void allowed(info).push(about)),
  watched: [
    async ({ context, javaScriptEnabled }, use, info) => {
      const complaints = await watch(context, javaScriptEnabled !== false);
      await use();
      if (info.status !== info.expectedStatus) showLogs();
      refuse(complaints, info);
    },
    { auto: true },
  ],
});

export { expect } from '@playwright/test';

/** A mail is shown in a frame that runs no scripts, and the tests' own is one. */
const always = [/Blocked script execution in '[^']*\/dev\/mail\//];
const exceptions = new WeakMap<TestInfo, RegExp[]>();
function allowed(info: TestInfo): RegExp[] {
  if (!exceptions.has(info)) exceptions.set(info, []);
  return exceptions.get(info)!;
}

/** Collects what the browser complains about, on every page of `context`. */
export async function watch(context: BrowserContext, javaScript: boolean): Promise<string[]> {
  const complaints: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' || /content security policy/i.test(message.text()))
      complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => complaints.push(`uncaught: ${error.error().message}`));
  if (javaScript)
    await context.addInitScript(() =>
      document.addEventListener('securitypolicyviolation', (event) =>
        console.error(`content security policy: ${event.violatedDirective} refused ${event.blockedURI}`),
      ),
    );
  return complaints;
}

export function refuse(complaints: string[], info: TestInfo): void {
  const unexpected = complaints.filter((text) => ![...always, ...allowed(info)].some((about) => about.test(text)));
  if (unexpected.length) throw new Error(`The browser complains:\n${unexpected.join('\n')}`);
}

/** What the servers had to complain about; all of what they said is in the files. */
function showLogs(): void {
  for (const file of readdirSync(logFolder).filter((name) => name.endsWith('.log'))) {
    const complaints = tail(join(logFolder, file), 200)
      .split('\n')
      .filter((line) => /\b(WARN|ERROR|panicked)\b/.test(line));
    if (complaints.length) console.log(`--- ${file}:\n${complaints.slice(-5).join('\n')}`);
  }
}
