// For stories that change people: a stack of their own, with a demo nobody else looks at. Of one file: what
// the stories of one leave behind, no other finds.
import { test as story } from '../story.ts';
import { startStack, type Stack } from '../stack.ts';

export const ownStack = () =>
  story.extend<object, { stack: Stack }>({
    stack: [
      async ({}, use, worker) => {
        const stack = await startStack(`account-${worker.project.name}-${worker.workerIndex}`);
        await use(stack);
        await stack.stop();
      },
      { scope: 'worker' },
    ],
    baseURL: async ({ stack }, use) => use(stack.baseURL),
  });

export { expect } from '@playwright/test';
