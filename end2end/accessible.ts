// What axe can find wrong with the page as it is now.
import axe from 'axe-core';
import { expect, type Page } from '@playwright/test';

export async function expectAccessible(page: Page, scheme: string): Promise<void> {
  // A colour on its way from light to dark is neither.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(axe.source);
  const violations = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html).join('\n  ')}`);
  });
  expect(violations, `in ${scheme}`).toEqual([]);
}
