// The pages that exist, and who looks at them. A new page is added here and is then
// checked for accessibility, for narrow screens and in pictures.
import { settingsPages, type Person } from './people.ts';

export interface Look {
  path: string;
  as: Person | null;
  /** What the answer is, where it is not 200. */
  status?: number;
}

export const pages: Look[] = [
  { path: '/', as: null },
  { path: '/pricing', as: null },
  { path: '/sign-in', as: null },
  { path: '/sign-up', as: null },
  { path: '/sign-up/check-mail', as: null, status: 404 },
  { path: '/verify-email', as: null, status: 410 },
  { path: '/forgot-password', as: null },
  { path: '/reset-password', as: null, status: 410 },
  { path: '/account/password', as: 'editor' },
  { path: '/account/email', as: 'editor' },
  { path: '/nowhere', as: null, status: 404 },
  { path: '/dev/mail', as: null },
  { path: '/sign-up/complete', as: null, status: 410 },
  { path: '/account/sign-in-methods', as: 'owner' },
  { path: '/account/two-factor', as: 'owner' },
  { path: '/account/two-factor/recovery-codes', as: 'owner' },
  { path: '/account/confirm', as: 'owner' },
  { path: '/', as: 'owner' },
  { path: '/nowhere', as: 'owner', status: 404 },
  { path: '/account', as: 'owner' },
  { path: '/account/sessions', as: 'owner' },
  { path: '/account/data', as: 'viewer' },
  { path: '/account/data', as: 'globexOwner' },
  { path: '/keep-account', as: null, status: 401 },
  // The console's own pages are looked at in admin/console.spec.ts: nobody of the demo is an operator.
  { path: '/admin', as: 'owner', status: 404 },
  { path: '/impersonation', as: null, status: 404 },
  { path: '/invitations', as: null, status: 410 },
  { path: '/o/acme', as: 'owner' },
  ...settingsPages.map((page) => ({ path: `/o/acme/${page}`, as: 'owner' as const })),
  { path: '/o/acme/projects', as: 'owner' },
  { path: '/o/globex/projects', as: 'globexOwner' },
  { path: '/o/acme/projects?q=nothing', as: 'viewer' },
  { path: '/o/acme/settings/audit?from=yesterday', as: 'owner' },
  { path: '/o/acme/closing', as: 'owner' },
  { path: '/o/acme/settings', as: 'viewer' },
  { path: '/o/acme/settings/members', as: 'viewer' },
  { path: '/o/acme/settings/billing', as: 'viewer' },
  { path: '/o/globex/settings/billing', as: 'globexOwner' },
  { path: '/o/globex/settings/billing/plans', as: 'globexOwner' },
  { path: '/o/acme/settings/billing/plans', as: 'owner' },
  { path: '/o/acme/settings/billing/change?plan=enterprise&interval=month', as: 'owner' },
  { path: '/o/acme/settings/billing/change?plan=basic&interval=year', as: 'owner' },
  { path: '/o/acme/settings/billing/change?plan=pro&interval=month', as: 'owner' },
  { path: '/?card=4242424242424242', as: null, status: 422 },
  { path: '/o/acme/settings/billing/invoices', as: 'owner' },
  { path: '/o/globex/settings/billing/invoices', as: 'globexOwner' },
  { path: '/o/globex/settings/billing?checkout=done&look=20', as: 'globexOwner' },
  { path: '/o/acme/break-glass', as: 'owner' },
  { path: '/o/nosuch', as: 'owner', status: 404 },
];

export const nameOf = ({ path, as }: Look) => `${path === '/' ? 'home' : path.slice(1).replaceAll(/[/?=]/g, '-')}${as ? `-${as}` : ''}`;
