// Looks every two seconds whether something is new, and shows it without moving the page.
// Without JavaScript the page loads itself anew instead.
const main = document.querySelector('main');
async function look() {
  const isBusy = document.hidden || main.contains(document.activeElement) && document.activeElement.matches('button');
  if (!isBusy) {
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } });
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('main');
      for (const section of fresh ? fresh.querySelectorAll('[data-live]') : []) {
        const old = main.querySelector(`[data-live="${section.dataset.live}"]`);
        if (old && old.innerHTML !== section.innerHTML) {
          const left = old.querySelector('.scroll')?.scrollLeft ?? 0;
          old.innerHTML = section.innerHTML;
          const scroll = old.querySelector('.scroll');
          if (scroll) scroll.scrollLeft = left;
        }
      }
    } catch {
      // The sandbox is gone for a moment: the next look tells.
    }
  }
  setTimeout(look, 2000);
}
setTimeout(look, 2000);
