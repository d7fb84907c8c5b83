// Inviting, joining, roles, removing, leaving, handing over (A-12, T05, T07).
import { expectAccessible } from '../accessible.ts';
import { expect, ownStack } from '../account/own-stack.ts';
import { mailLink } from '../mail.ts';
import { fillIn, password, people, signIn, signOut } from '../people.ts';
import type { Page } from '@playwright/test';

const test = ownStack();

const INVITED = 'You are invited';
const members = '/o/globex/settings/members';

async function invite(page: Page, email: string, role: string): Promise<void> {
  await page.goto(members);
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.locator('#invite-role').selectOption(role);
  await page.getByTestId('invite').click();
  await expect(page.getByTestId('flash')).toContainText('on its way');
}

const row = (page: Page, email: string) => page.getByTestId('member-row').filter({ hasText: email });

async function manage(page: Page, email: string) {
  await row(page, email).getByText('Manage', { exact: true }).click();
  return row(page, email);
}

test('T07: somebody new is invited and joins in one step; somebody known signs in and accepts', async ({ page, javaScriptEnabled }) => {
  await signIn(page, 'globexOwner');
  await invite(page, 'nina@story.test', 'Editor');
  await expect(page.getByTestId('invitation-row')).toContainText('nina@story.test');
  for (const colorScheme of javaScriptEnabled === false ? [] : (['light', 'dark'] as const)) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, colorScheme);
  }
  const link = await mailLink(page, 'nina@story.test', INVITED);
  await invite(page, people.editor, 'Viewer');
  const known = await mailLink(page, people.editor, INVITED);
  // The owner opens it by mistake: told whose it is.
  await page.goto(link);
  await expect(page.getByTestId('somebody-else')).toContainText(people.globexOwner);
  await expect(page).toHaveURL(/\/invitations$/);
  await page.getByTestId('somebody-else').locator('xpath=following-sibling::form').getByRole('button', { name: 'Sign out' }).click();

  await page.goto(link);
  await expect(page.getByTestId('invitation')).toContainText('Editor');
  for (const colorScheme of javaScriptEnabled === false ? [] : (['light', 'dark'] as const)) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, colorScheme);
  }
  await page.getByLabel('Your name').fill('Nina New');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await page.getByTestId('join').click();
  await expect(page.getByTestId('form-error')).toBeVisible();
  await expect(page.getByLabel('Your name')).toHaveValue('Nina New');
  await page.getByLabel('Password', { exact: true }).fill('seven green doors');
  await page.getByTestId('join').click();
  await expect(page).toHaveURL(/\/o\/globex$/);
  await page.goto(members);
  await expect(row(page, 'nina@story.test')).toContainText('Editor');
  await expect(page.getByTestId('invite')).toHaveCount(0);
  await signOut(page);

  await page.goto(known);
  await page.getByTestId('sign-in-first').click();
  await fillIn(page, people.editor, password);
  await expect(page).toHaveURL(/\/invitations$/);
  await page.getByTestId('accept-invitation').click();
  await expect(page).toHaveURL(/\/o\/globex$/);
  await page.goto(members);
  await expect(row(page, people.editor)).toContainText('Viewer');
});

test('A-12: a role is changed, somebody is removed, the last owner stays, and the ownership is handed over', async ({ page, mayComplain }) => {
  mayComplain(/status of 404/);
  await signIn(page, 'owner');
  await page.goto('/o/acme/settings/members');
  const viewer = await manage(page, people.viewer);
  await viewer.getByLabel('Role').selectOption('Editor');
  await viewer.getByTestId('change-role').click();
  await expect(page.getByTestId('flash')).toBeVisible();
  await expect(row(page, people.viewer)).toContainText('Editor since');

  const editor = await manage(page, people.editor);
  await editor.getByText('Remove…').click();
  await editor.getByTestId('remove-member').click();
  await expect(page.getByTestId('flash')).toContainText('They are out');
  await expect(row(page, people.editor)).toHaveCount(0);

  const both = await manage(page, people.both);
  await both.getByLabel('Role').selectOption('Viewer');
  await both.getByTestId('change-role').click();
  await expect(page.getByTestId('flash')).toBeVisible();
  await page.getByText('Leave this organization').click();
  await page.getByTestId('leave-organization').click();
  await expect(page.getByTestId('form-error')).toContainText('Somebody has to own this organization');

  const admin = await manage(page, people.admin);
  await admin.getByText('Hand over the ownership…').click();
  await admin.getByTestId('transfer-ownership').click();
  await expect(row(page, people.admin)).toContainText('Owner since');
  await expect(row(page, people.owner)).toContainText('Admin since');
  await page.getByText('Leave this organization').click();
  await page.getByTestId('leave-organization').click();
  await expect(page).toHaveURL(/\/$/);
  await page.goto('/');
  await expect(page.locator('a[href="/o/acme"]')).toHaveCount(0);
  const reply = await page.goto('/o/acme');
  expect(reply!.status()).toBe(404);
});
