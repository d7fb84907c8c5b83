// What axe can find wrong with the page as it is now.
import axe from 'axe-core';
import { expect, type Page } from '@playwright/test';

export async function expectAccessible(page: Page, scheme: string): Promise<void> {
  // A colour on its way from light to dark is neither. What moves for ever, or stands still, is not waited for.
  await page.evaluate(() => {
    const settled = Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    return Promise.race([settled.then(() => null), new Promise((resolve) => setTimeout(resolve, 1000, null))]);
  });
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join('\n  ')}`);
  });
  expect(violations, `in ${scheme}`).toEqual([]);
}
