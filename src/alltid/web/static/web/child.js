/* The child's page with script: it sends in place, leaves nothing behind, and goes fast.
   Without it every page works as it stands. Nothing is counted, kept or fetched from elsewhere. */
(() => {
'use strict';
const doc = document, root = doc.documentElement, speech = window.speechSynthesis;
const one = (css, from = doc) => from.querySelector(css);
const all = (css, from = doc) => Array.from(from.querySelectorAll(css));
const home = () => '/' + root.lang + '/';
let busy = false, button = null, left = null, chosen = null, key = '', times = 0, since = 0;

/* Leaving */
const hush = () => speech && speech.cancel();
const wipe = () => { hush(); left = null; all('form').forEach(f => f.reset()); doc.body.textContent = ''; };
const leave = to => { root.hidden = true; wipe(); location.replace(to); };

addEventListener('keydown', e => {
  if (e.repeat || e.isComposing) return;
  if (e.key !== key || e.timeStamp - since > 1500) times = 0;
  key = e.key; since = e.timeStamp;
  const out = one('a.leave');
  if ((key === 'Escape' || key === 'Shift') && ++times === 3 && out) leave(out.href);
}, true);
addEventListener('pagehide', wipe);
addEventListener('pageshow', e => { if (e.persisted) { wipe(); location.replace(home()); } });

/* Showing a page in place of another */
const place = body => { hush(); root.replaceChild(body, doc.body); };
const show = html => {
  const page = new DOMParser().parseFromString(html, 'text/html');
  if (!one('main', page)) throw Error();
  root.lang = page.documentElement.lang;
  root.dir = page.documentElement.dir;
  place(page.body);
  ready();
  scrollTo(0, 0);
  const first = one('[role=alert]:not([hidden])') || one('h1');
  if (first) { first.tabIndex = -1; first.focus(); }
};
const load = (url, options) => Promise.race([
  fetch(url, Object.assign({ credentials: 'omit', cache: 'no-store' }, options)).then(r => r.text()),
  new Promise((_, no) => setTimeout(no, 30000)),
]);

/* Sending; what was typed stays if nothing comes back */
const send = async (form, by) => {
  if (busy) return;
  busy = true;
  const main = one('main'), lost = one('[data-lost]');
  main.setAttribute('aria-busy', 'true');
  if (lost) lost.hidden = true;
  try {
    const fields = new URLSearchParams(new FormData(form));
    if (by && by.name) fields.append(by.name, by.value);
    const url = by && by.getAttribute('formaction') || form.getAttribute('action') || location.pathname;
    show(await load(url, { method: 'POST', body: fields }));
    // The page before may be come back to from beside it, and not once something was told.
    if (url !== location.pathname) left = null;
  } catch (_) {
    main.removeAttribute('aria-busy');
    if (lost) { lost.hidden = false; (by && by.offsetParent ? by : form).before(lost); lost.focus(); }
  }
  busy = false;
};

/* Practising the six words, on the page alone */
const fold = word => word.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').toLowerCase().trim().slice(0, 4);
const practise = on => {
  one('[data-words]').hidden = one('[data-try]').hidden = on;
  one('[data-practise]').hidden = !on;
  if (on) one('[data-practise] input').focus();
};
const check = form => {
  const want = all('[data-words] b').map(b => fold(b.textContent));
  const fields = all('input', form), got = fields.map(f => fold(f.value));
  const wrong = [];
  fields.forEach((f, i) => {
    const ok = got[i] === want[i];
    f.setAttribute('aria-invalid', !ok);
    if (!ok) wrong.push(i + 1);
  });
  const moved = wrong.length && got.slice().sort().join() === want.slice().sort().join();
  one('[data-right]').hidden = wrong.length > 0;
  one('[data-order]').hidden = !moved;
  one('[data-again]').hidden = !wrong.length || !!moved;
  one('[data-again] b').textContent = wrong.join(', ');
};

/* Reading aloud, only with a voice that lives on this device */
const voice = () => speech && speech.getVoices().find(v => v.localService && v.lang.slice(0, 2) === root.lang);
const read = () => {
  if (speech.speaking) return hush();
  one('main').innerText.split(/\n+/).forEach(line => {
    const said = new SpeechSynthesisUtterance(line);
    said.voice = voice();
    said.lang = root.lang;
    speech.speak(said);
  });
};

addEventListener('submit', e => {
  const form = e.target, by = e.submitter || button;
  e.preventDefault();
  if (form.hasAttribute('data-practise')) return check(form);
  send(form, by && by.form === form ? by : null);
});
addEventListener('mousedown', e => {
  const label = e.target.closest && e.target.closest('label');
  chosen = label && one('[type=radio]:checked', label);
});
addEventListener('click', e => {
  const at = css => e.target.closest && e.target.closest(css);
  const link = at('a');
  let hit;
  button = at('button');
  if (chosen && e.target === chosen) chosen.checked = false;
  else if (at('[data-try]')) practise(true);
  else if (at('[data-show]')) practise(false);
  else if (at('[data-read]')) read();
  else if ((hit = at('[data-word]'))) one('input', hit.closest('li')).value = hit.textContent;
  else if (link && at('.leave, main .go[rel]')) { e.preventDefault(); leave(link.href); }
  else if (link && at('[data-in]')) {
    e.preventDefault();
    const before = doc.body;
    load(link.href).then(html => {
      show(html);
      left = before;
      history.pushState(null, '', link.href);
    }).catch(() => {});
  } else if (left && at('[data-back]')) { e.preventDefault(); history.back(); }
});
addEventListener('popstate', () => {
  if (left) { place(left); left = null; } else location.reload();
});

const ready = () => {
  all('[data-read]').forEach(b => { b.hidden = !voice(); });
  all('[data-try], [data-keys]').forEach(b => { b.hidden = false; });
  all('b[data-word]').forEach(b => {
    const key = doc.createElement('button');
    key.type = 'button';
    key.className = 'link';
    key.setAttribute('data-word', '');
    key.textContent = b.textContent;
    b.replaceWith(key);
  });
};
if (speech) speech.addEventListener('voiceschanged', ready);
ready();
})();
