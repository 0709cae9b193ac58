// Runs in every page before the app: tells what the app shows, and every tap, with the page's own clock.
(() => {
  if (window.harnessWatches) return;
  window.harnessWatches = true;
  const watched = WATCHED.map((pattern) => new RegExp(pattern));
  const shown = new Map();
  const now = () => performance.timeOrigin + performance.now();
  const tell = (what) => window.harnessTold({ ...what, ms: now() });
  const visible = (one) => one.checkVisibility({ checkVisibilityCSS: true });
  const look = () => {
    const here = new Map();
    for (const one of document.querySelectorAll('[data-testid]')) {
      const id = one.dataset.testid;
      if (watched.some((pattern) => pattern.test(id)) && visible(one)) here.set(id, one.textContent.trim());
    }
    for (const [id, text] of here) {
      if (shown.get(id) !== text) tell({ shows: id, text });
    }
    for (const id of shown.keys()) {
      if (!here.has(id)) tell({ shows: id, text: null });
    }
    shown.clear();
    for (const [id, text] of here) shown.set(id, text);
  };
  const names = ['data-testid', 'style', 'class', 'hidden'];
  const all = { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: names };
  new MutationObserver(look).observe(document, all);
  // A killed app is not asked: nothing that it wanted to do at its end is done.
  const deaf = (event) => { if (window.harnessKilled) event.stopImmediatePropagation(); };
  for (const name of ['pagehide', 'visibilitychange', 'beforeunload', 'unload', 'freeze']) {
    window.addEventListener(name, deaf, true);
  }
  document.addEventListener('click', (event) => {
    const one = event.target instanceof Element ? event.target.closest('[data-testid]') : null;
    if (one) tell({ tap: one.dataset.testid });
  }, true);
})();
