/* What script adds to staff pages: the blank screen, the lock that warns, drafts kept while writing.
   Every page works without it. Texts come from data attributes, so that gettext holds them all. */
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const SECOND = 1000;

  /* The other windows of this person hear of every sign of life, and of signing out. */
  const windows = new BroadcastChannel("alltid");
  if ("closed" in document.body.dataset) windows.postMessage("closed");

  /* Blank screen: Escape twice, or the button. Any key but Escape, or a click, brings it back. */
  const blank = one("[data-blank-page]");
  if (blank && blank.showModal) {
    const title = document.title;
    let lastEscape = 0;
    const cover = () => {
      if (blank.open) return;
      document.title = blank.dataset.title;
      blank.showModal();
    };
    const uncover = () => blank.close();
    blank.addEventListener("close", () => {
      document.title = title;
    });
    const button = one("[data-blank]");
    button.hidden = false;
    button.addEventListener("click", cover);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.repeat || blank.open) return;
      const now = Date.now();
      if (now - lastEscape < SECOND) {
        // Where nobody has touched the page yet, the same key would close what it opened.
        event.preventDefault();
        cover();
      }
      lastEscape = now;
    });
    blank.addEventListener("cancel", (event) => event.preventDefault());
    blank.addEventListener("click", uncover);
    blank.addEventListener("keydown", (event) => {
      if (event.key === "Escape") event.preventDefault();
      else if (!["Shift", "Control", "Alt", "Meta", "Tab"].includes(event.key)) uncover();
    });
  }

  /* Keys of the desk: each goes to what carries it; `?` says which there are. */
  const keys = one("[data-keys]");
  if (keys && keys.showModal) {
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
      if (event.target.closest("input, select, textarea")) return;
      if (event.key === "?") {
        event.preventDefault();
        keys.showModal();
        return;
      }
      const found = /^[a-z]$/.test(event.key) && one(`[data-key="${event.key}"]`);
      if (!found) return;
      event.preventDefault();
      if (found.matches("a")) found.click();
      else if (found.matches("summary")) {
        found.parentElement.open = true;
        (found.parentElement.querySelector("select, textarea, button") || found).focus();
      } else if (found.matches("form")) found.querySelector("textarea").focus();
      else {
        found.focus();
        found.scrollIntoView();
      }
    });
  }

  /* A page that Back brings from memory is asked for anew: it may be locked or signed out by now. */
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  /* Drafts: kept a moment after the last key, and before the lock; an answer's, and each deed's. */
  const form = one("form.reply");
  const keepers = [];
  const keepDraft = () => Promise.all(keepers.map((keep) => keep()));
  const keepWhileTyped = (writing, store, send) => {
    let timer = 0;
    const keep = () => {
      clearTimeout(timer);
      return store();
    };
    keepers.push(keep);
    writing.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(keep, 3 * SECOND);
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) keep();
    });
    writing.addEventListener("submit", () => {
      clearTimeout(timer);
      send();
    });
  };
  for (const writing of document.querySelectorAll("form[data-draft]")) {
    const said = one("[data-drafts]").dataset;
    const fields = [...writing.querySelectorAll("textarea, select, input:not([type=hidden])")];
    const typed = () => JSON.stringify(
      fields.filter((field) => field.name).map((field) => field.type === "checkbox" ? field.checked : field.value));
    const state = writing.querySelector("[data-draft-state]");
    const say = (sentence) => { if (state) state.textContent = sentence; };
    let kept = typed();
    let last = new AbortController();
    const keep = async () => {
      const now = typed();
      if (now === kept) return;
      last = new AbortController();
      try {
        const answer = await fetch(writing.dataset.draft || writing.action, {
          method: "POST", body: new FormData(writing), redirect: "manual", keepalive: true,
          headers: { "X-Draft": "1" }, signal: last.signal,
        });
        if (answer.ok) {
          kept = now;
          say(said.kept);
          stillHere();
          return;
        }
        /* Behind the lock the server says in a sentence whether the draft is kept. */
        const told = await answer.json();
        if (told.kept) kept = now;
        say(told.sentence);
      } catch {
        say(said.unkept);
      }
    };
    /* One tap sends once, and what is sent is no draft any more. */
    keepWhileTyped(writing, keep, () => {
      last.abort();
      kept = typed();
      writing.inert = true;
    });
    addEventListener("pageshow", () => { writing.inert = false; });
  }

  /* A long form is kept whole in the same way, at its own address. */
  const long = one("form[data-keep]");
  if (long) {
    const state = long.querySelector("[data-draft-state]");
    let changed = false;
    let last = new AbortController();
    const keep = async () => {
      if (!changed) return;
      changed = false;
      last = new AbortController();
      try {
        const answer = await fetch(location.href, {
          method: "POST", body: new FormData(long), redirect: "manual", headers: { "X-Draft": "1" }, signal: last.signal,
        });
        if (!answer.ok) throw new Error();
        state.textContent = long.dataset.kept;
        stillHere();
      } catch {
        changed = true;
        state.textContent = long.dataset.unkept;
      }
    };
    long.addEventListener("input", () => { changed = true; });
    keepWhileTyped(long, keep, () => { last.abort(); changed = false; });
  }

  /* A text to paste elsewhere: copied by its button, or marked where the browser does not copy. */
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy);
      text.select();
      try {
        await navigator.clipboard.writeText(text.value);
        button.parentElement.querySelector("[role=status]").textContent = button.dataset.done;
      } catch { /* It is marked now: the keys copy it. */ }
    });
  }

  /* The coach reads along after a pause. What it says is put under the answer, never into it. */
  const coach = form && form.querySelector("[data-coach]");
  if (coach) {
    const text = form.querySelector("textarea");
    const button = form.querySelector("button[data-send]");
    let pause = 0;
    let reading = new AbortController();
    const offer = () => {
      for (const place of coach.querySelectorAll("[data-better]")) place.hidden = false;
    };
    const read = async () => {
      reading = new AbortController();
      try {
        const answer = await fetch(coach.dataset.coach, {
          method: "POST", body: new FormData(form), redirect: "manual", signal: reading.signal,
        });
        if (!answer.ok) return;
        const said = new DOMParser().parseFromString(await answer.text(), "text/html");
        coach.replaceChildren(...said.body.childNodes);
        const advice = coach.querySelector("[data-send]");
        button.textContent = (advice || coach).dataset.send;
        offer();
      } catch { /* Without it the answer is read when it is sent. */ }
    };
    text.addEventListener("input", () => {
      clearTimeout(pause);
      reading.abort();
      pause = setTimeout(read, SECOND);
    });
    form.addEventListener("submit", () => { clearTimeout(pause); reading.abort(); });
    coach.addEventListener("click", (event) => {
      const place = event.target.closest("[data-better]");
      if (!place) return;
      const from = Number(place.dataset.from);
      const to = Number(place.dataset.to);
      if (text.value.slice(from, to) !== place.dataset.sentence) return;
      text.setRangeText(place.dataset.better, from, to, "end");
      text.focus();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
    offer();
  }

  /* Words to begin from go behind what is typed already. */
  for (const button of document.querySelectorAll("[data-beginning]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const text = form.querySelector("textarea");
      const before = text.value.trimEnd();
      text.value = (before ? before + "\n\n" : "") + button.previousElementSibling.textContent;
      text.focus();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  /* The lock: idle is the same for every open window of this person. */
  const locksIn = Number(document.body.dataset.locksIn) * SECOND;
  let stillHere = () => {};
  if (locksIn) {
    const bar = one("[data-lock]");
    let heard = Date.now();
    let active = false;
    const note = () => { heard = Date.now(); bar.hidden = true; };
    windows.addEventListener("message", (event) => {
      if (event.data === "closed") location.reload();
      else note();
    });
    stillHere = () => { note(); active = false; windows.postMessage("here"); };
    const stay = async () => {
      const key = one("input[name=csrfmiddlewaretoken]");
      const body = new URLSearchParams({ csrfmiddlewaretoken: key.value });
      try {
        const answer = await fetch(document.body.dataset.stay, { method: "POST", body, redirect: "manual" });
        if (answer.ok) stillHere();
        else lock();
      } catch { /* No network: the draft and the warning stay, the lock comes in its time. */ }
    };
    for (const sign of ["keydown", "pointerdown", "wheel"]) {
      document.addEventListener(sign, () => { active = true; }, { passive: true });
    }
    one("[data-lock-stay]").addEventListener("click", stay);
    const lock = async () => {
      clearInterval(clock);
      await keepDraft();
      const here = location.pathname + location.search;
      location.replace(`${document.body.dataset.signIn}?next=${encodeURIComponent(here)}`);
    };
    const clock = setInterval(() => {
      const idle = Date.now() - heard;
      if (active && idle > 60 * SECOND) { active = false; stay(); }
      else if (idle >= locksIn) lock();
      else if (idle >= locksIn - 120 * SECOND && bar.hidden) { keepDraft(); bar.hidden = false; }
    }, 5 * SECOND);
    stillHere();
  }
})();
