// The mail that Portico kept, read at /dev/mail as somebody who develops reads it.
import { expect, type Page } from '@playwright/test';

/** Opens the newest mail to `to` in `page`, once it is there, and answers its text. */
export async function openMail(page: Page, to: string, subject: string | RegExp): Promise<string> {
  const mail = page.locator(`[data-to="${to}"]`).getByRole('link', { name: subject }).first();
  // Mail is sent beside the pages: reload until it has come.
  await expect(async () => {
    await page.goto('/dev/mail');
    await expect(mail).toBeVisible({ timeout: 200 });
  }).toPass({ timeout: 15_000 });
  await mail.click();
  return (await page.getByTestId('mail-text').textContent()) ?? '';
}

/** The address of the first link in that mail. */
export async function mailLink(page: Page, to: string, subject: string | RegExp): Promise<string> {
  await openMail(page, to, subject);
  return (await page.getByTestId('mail-link').first().getAttribute('href'))!;
}
