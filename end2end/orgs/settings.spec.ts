// Who sees what in an organisation's settings (P-01, P-09 regression, A-12, T03).
import { expect, test } from '../story.ts';
import { settingsPages, type Person } from '../people.ts';
import type { Page } from '@playwright/test';

test.describe('the owner', () => {
  test.use({ as: 'owner' });

  for (const path of settingsPages)
    test(`reaches ${path} from the settings, one link away`, async ({ page }) => {
      await page.goto('/o/acme/settings');
      const name = { settings: 'General', 'settings/members': 'Members', 'settings/billing': 'Billing', 'settings/security': 'Security', 'settings/audit': 'Audit log' }[path]!;
      await page.getByRole('link', { name, exact: true }).click();
      await expect(page).toHaveURL(new RegExp(`/o/acme/${path}$`));
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(page.getByRole('link', { name, exact: true })).toHaveAttribute('aria-current', 'page');
    });

  test('P-01: sees the billing portal action, once', async ({ page }) => {
    await page.goto('/o/acme/settings/billing');
    await expect(page.getByTestId('billing-portal-action')).toHaveCount(1);
    await expect(page.getByTestId('billing-portal-action')).toBeVisible();
    await expect(page.getByTestId('billing-portal-action')).toBeEnabled();
  });
});

for (const person of ['admin', 'editor', 'viewer'] as const) {
  test.describe(person, () => {
    test.use({ as: person });
    test(`P-01: ${person} sees no billing portal action on any settings page`, async ({ page, mayComplain }) => {
      mayComplain(/status of 403/);
      for (const path of settingsPages) {
        const reply = await page.goto(`/o/acme/${path}`);
        // May look, or is told that they may not; never an error, never somebody else's page.
        expect([200, 403], path).toContain(reply!.status());
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        await expect(page.getByTestId('billing-portal-action')).toHaveCount(0);
        expect(await page.content(), path).not.toContain('/api/billing/open-portal');
      }
    });
  });
}

for (const [person, foreign] of [['viewer', 'globex'], ['owner', 'globex'], ['globexOwner', 'acme']] as [Person, string][]) {
  test.describe(`${person} and ${foreign}`, () => {
    test.use({ as: person });
    test(`an organisation of others looks like one that does not exist (${person}, ${foreign})`, async ({ page, mayComplain }) => {
      mayComplain(/status of 404/);
      for (const path of ['', ...settingsPages.map((page) => `/${page}`)]) {
        const theirs = await shown(page, `/o/${foreign}${path}`, foreign);
        const nobodys = await shown(page, `/o/nosuch${path}`, 'nosuch');
        expect(theirs.status).toBe(404);
        expect(theirs).toEqual(nobodys);
      }
    });
  });
}

test.describe('somebody in two organisations', () => {
  test.use({ as: 'both' });

  test('T03: switches, and is the owner in one and a viewer in the other', async ({ page }) => {
    await page.goto('/o/acme/settings/billing');
    await expect(page.getByTestId('billing-portal-action')).toBeVisible();
    await page.getByTestId('organization-switcher').click();
    await page.getByRole('link', { name: /globex/i }).click();
    await expect(page).toHaveURL(/\/o\/globex/);
    await page.goto('/o/globex/settings/billing');
    await expect(page.getByTestId('billing-portal-action')).toHaveCount(0);
  });

  test('T03: two tabs stay on two organisations', async ({ page, context }) => {
    await page.goto('/o/acme/settings/billing');
    const other = await context.newPage();
    await other.goto('/o/globex/settings');
    await page.reload();
    await expect(page).toHaveURL(/\/o\/acme\/settings\/billing$/);
    await expect(page.getByTestId('billing-portal-action')).toBeVisible();
    await other.reload();
    await expect(other).toHaveURL(/\/o\/globex\/settings$/);
  });
});

/** What a person can tell about a page, the organisation's name in the address aside. */
async function shown(page: Page, path: string, org: string) {
  const reply = (await page.goto(path))!;
  const text = (await page.locator('body').innerText()).replaceAll(org, 'ORG');
  const { 'content-length': _length, date: _date, 'x-request-id': _id, 'content-security-policy': _nonce, ...headers } = reply.headers();
  return { status: reply.status(), title: (await page.title()).replaceAll(org, 'ORG'), text, headers: Object.keys(headers).sort() };
}
