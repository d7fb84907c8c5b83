// An authenticator app (RFC 6238), and a passkey in the browser.
import { createHmac } from 'node:crypto';
import type { BrowserContext, Page } from '@playwright/test';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The code of the step that is `ahead` of the one now. */
export function totpCode(key: string, ahead = 0): string {
  const letters = key.replace(/\s/g, '');
  const bits = [...letters].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const offset = hash[hash.length - 1]! & 15;
  return ((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).toString().padStart(6, '0');
}

export interface Passkeys {
  count(): Promise<number>;
  /** Whether its user shows their finger. */
  verifying(is: boolean): Promise<void>;
}

/** A device with passkeys, whose user always touches it. */
export async function passkeysIn(context: BrowserContext, page: Page): Promise<Passkeys> {
  const client = await context.newCDPSession(page);
  await client.send('WebAuthn.enable');
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    count: async () => (await client.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
    verifying: async (is) => void (await client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: is })),
  };
}
