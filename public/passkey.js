// The browser's half of passkeys. Forms with data-passkey are hidden until it is known that
// they can work; sending one asks the server for a challenge, the browser for its key, and
// then goes as every form does. The words are in the page.
const possible =
  'PublicKeyCredential' in window &&
  'parseCreationOptionsFromJSON' in PublicKeyCredential &&
  'parseRequestOptionsFromJSON' in PublicKeyCredential;

async function challenge(form) {
  const reply = await fetch(form.dataset.passkey, {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ purpose: form.dataset.purpose }),
  });
  // Something has to be proved first: there, and back to here.
  if (reply.redirected) {
    location.assign(reply.url);
    return new Promise(() => {});
  }
  if (!reply.ok) throw new Error(String(reply.status));
  return JSON.parse(await reply.json());
}

async function credential(form) {
  const options = await challenge(form);
  if (form.dataset.purpose === 'add')
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

async function send(event) {
  event.preventDefault();
  const form = event.currentTarget;
  if (form.getAttribute('aria-busy')) return;
  const problem = form.querySelector('[data-problem]');
  problem.hidden = true;
  form.setAttribute('aria-busy', 'true');
  try {
    form.elements.credential.value = JSON.stringify(await credential(form));
    form.submit();
  } catch {
    // Cancelled, timed out, none there, or the server said no: all of it ends in the same advice.
    problem.hidden = false;
    form.removeAttribute('aria-busy');
  }
}

if (possible) {
  for (const text of document.querySelectorAll('[data-without-passkeys]')) text.hidden = true;
  for (const form of document.querySelectorAll('form[data-passkey]')) {
    form.hidden = false;
    form.addEventListener('submit', send);
    // The Back button restores a page as it was left: then it must be free again.
    addEventListener('pageshow', () => form.removeAttribute('aria-busy'));
  }
}
