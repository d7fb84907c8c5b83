// Before the first story: one stack for all of them, and everybody of the demo signed
// in once (passwords are slow to check, on purpose), their cookies kept.
import { rmSync } from 'node:fs';
import { cookiesOf, people, signedIn, type Person } from './people.ts';
import { logFolder, startStack } from './stack.ts';

export default async function everybodySignedIn() {
  rmSync(logFolder, { recursive: true, force: true });
  const stack = await startStack('main');
  try {
    for (const person of Object.keys(people) as Person[]) {
      const context = await signedIn(stack.baseURL, person);
      await context.storageState({ path: cookiesOf(person) });
      await context.dispose();
    }
  } catch (error) {
    await stack.stop();
    throw error;
  }
  process.env.E2E_BASE_URL = stack.baseURL;
  process.env.E2E_STRIPE_URL = stack.stripeURL;
  process.env.E2E_HOSTED_URL = stack.hostedURL;
  return () => stack.stop();
}
