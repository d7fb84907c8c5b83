// The people of the demo (`portico seed-demo`), and how they sign in and out.
import { expect, request, type APIRequestContext, type Page } from '@playwright/test';
import { join } from 'node:path';
import { logFolder } from './stack.ts';

export const password = 'correct horse battery staple';

export const people = {
  owner: 'owner@acme.test',
  admin: 'admin@acme.test',
  editor: 'editor@acme.test',
  viewer: 'viewer@acme.test',
  globexOwner: 'owner@globex.test',
  /** Owner of acme, Viewer of globex. */
  both: 'both@example.test',
} as const;
export type Person = keyof typeof people;

export const settingsPages = ['settings', 'settings/members', 'settings/billing', 'settings/security', 'settings/audit'];

/** Where the cookies of somebody signed in before the stories began are kept. */
export const cookiesOf = (person: Person) => join(logFolder, '..', 'cookies', `${person}.json`);

/** What a browser says of itself when it sends a form; scripts get other answers. */
export const asForm = (baseURL: string) => ({
  Accept: 'text/html,application/xhtml+xml',
  Origin: baseURL,
  Referer: `${baseURL}/`,
  'Sec-Fetch-Site': 'same-origin',
});

/** Signs in the way a form does, without a browser. */
export async function signedIn(baseURL: string, person: Person): Promise<APIRequestContext> {
  const context = await request.newContext({
    // Nobody's cookies: signing in with somebody's ends their session (S01).
    storageState: { cookies: [], origins: [] },
    baseURL,
    ignoreHTTPSErrors: true,
    extraHTTPHeaders: asForm(baseURL),
  });
  const reply = await context.post('/api/auth/sign-in', {
    form: { email: people[person], password, next: '' },
    maxRedirects: 0,
  });
  if (![302, 303].includes(reply.status()) || !reply.headers()['set-cookie'])
    throw new Error(`${person} could not sign in: ${reply.status()} ${reply.headers()['location'] ?? ''}`);
  return context;
}

export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto('/sign-in');
  await fillIn(page, people[person], password);
  await page.waitForURL((url) => url.pathname !== '/sign-in' && !url.pathname.startsWith('/api/'));
}

export async function fillIn(page: Page, email: string, secret: string): Promise<void> {
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

export async function signOut(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Sign out', exact: true });
  if (!(await button.isVisible())) await page.getByTestId('person-menu').click();
  await button.click();
  await expect(page.getByRole('button', { name: 'Sign out', exact: true })).toHaveCount(0);
}
