// Saves by itself, and keeps in this browser what could not be saved yet.

import { Kept } from "./kept.js";
import { word } from "../words.js";

const REST = 1500; // milliseconds after the last key
const LONGEST = 10000; // while somebody types on
const KEEP = 400;
const RETRY = [5000, 10000, 20000, 30000];
const NOT_WORDS = ["csrfmiddlewaretoken", "revision"];
// Each with as many values as there are ticks.
const SEVERAL = ["areas", "keywords_off"];

export class Saving extends EventTarget {
  constructor(form, server, status) {
    super();
    this.form = form;
    this.server = server;
    this.status = status;
    this.kept = new Kept(form.dataset.key);
    this.changed = 0; // counts changes
    this.saved = 0; // the count when they were last saved
    this.since = 0;
    this.paused = false;
    this.leaving = false;
    this.running = null;
    this.failures = 0;
    this.timers = {};
    form.addEventListener("input", () => this.onChange());
    form.addEventListener("change", () => this.onChange());
    addEventListener("online", () => this.dirty && this.now());
    addEventListener("focus", () => this.signedOut && this.tryAgain());
    document.addEventListener("visibilitychange", () => this.onVisibility());
    addEventListener("pagehide", () => this.keep());
    // Back from where it led, by the browser's own memory.
    addEventListener("pageshow", () => (this.leaving = false));
    addEventListener("beforeunload", (event) => {
      if (!this.dirty || this.leaving) return;
      this.keep();
      event.preventDefault();
    });
  }

  get dirty() {
    return this.changed !== this.saved;
  }

  fields() {
    const fields = {};
    for (const [name, value] of new FormData(this.form)) {
      if (NOT_WORDS.includes(name)) continue;
      if (SEVERAL.includes(name)) (fields[name] ??= []).push(value);
      else fields[name] = value;
    }
    return fields;
  }

  onChange() {
    this.changed += 1;
    const now = Date.now();
    if (!this.since) this.since = now;
    clearTimeout(this.timers.save);
    clearTimeout(this.timers.keep);
    this.timers.keep = setTimeout(() => this.keep(), KEEP);
    if (this.paused || this.failures) return;
    this.timers.save = setTimeout(() => this.now(), Math.max(0, Math.min(REST, this.since + LONGEST - now)));
  }

  keep() {
    return this.dirty ? this.kept.write(this.fields()) : true;
  }

  onVisibility() {
    if (document.visibilityState === "visible") {
      if (this.signedOut) this.tryAgain();
    } else if (this.dirty && !this.paused) {
      this.keep();
      this.now();
    }
  }

  /** Saves what there is; answers whether everything is saved. */
  async now() {
    if (this.paused) return false;
    if (this.running) {
      await this.running;
      return this.dirty ? this.now() : true;
    }
    clearTimeout(this.timers.save);
    clearTimeout(this.timers.retry);
    this.running = this.send();
    try {
      return await this.running;
    } finally {
      this.running = null;
    }
  }

  async send() {
    const count = this.changed;
    this.since = 0;
    const { kind, data } = await this.server.post(this.form.dataset.saveUrl, new FormData(this.form));
    if (kind === "ok") return this.onSaved(count, data);
    const safe = this.keep();
    const words = word(safe ? "wordsKept" : "wordsNowhere");
    this.signedOut = kind === "signed-out";
    if (kind === "overtaken") {
      this.paused = true;
      this.say(word("notSaved", { why: data.message, words }), "problem");
      this.dispatchEvent(new CustomEvent("overtaken", { detail: data }));
    } else if (kind === "refused") {
      this.paused = true;
      this.say(word("notSaved", { why: data.message, words }), "problem");
    } else if (kind === "signed-out") {
      this.say(word("signedOut", { words }), "problem", true);
      this.later();
    } else {
      this.say(word(kind === "offline" ? "notSavedOffline" : "notSavedTrouble", { words }), "problem");
      this.later();
    }
    return false;
  }

  onSaved(count, data) {
    this.saved = count;
    this.failures = 0;
    this.signedOut = false;
    this.form.elements.revision.value = data.revision;
    const wrong = Object.keys(data.errors).length;
    if (!this.dirty) {
      clearTimeout(this.timers.keep);
      // What the site could not take is stored nowhere else.
      if (wrong) this.kept.write(this.fields());
      else this.kept.forget();
    }
    this.say(word(wrong ? "savedExcept" : "savedAt", { when: data.saved_at }), wrong ? "problem" : "");
    this.dispatchEvent(new CustomEvent("saved", { detail: data }));
    if (this.dirty) this.onChange();
    return !this.dirty && !wrong;
  }

  later() {
    const wait = RETRY[Math.min(this.failures, RETRY.length - 1)];
    this.failures += 1;
    clearTimeout(this.timers.retry);
    this.timers.retry = setTimeout(() => (this.signedOut ? this.tryAgain() : this.now()), wait);
  }

  /** Once they have signed in elsewhere, goes on here. */
  async tryAgain() {
    if ((await this.server.renewToken()) === "ok") {
      this.signedOut = false;
      await this.now();
    } else if (this.signedOut) {
      this.later();
    }
  }

  /** Goes on after somebody has decided which words to keep. */
  resume(revision) {
    this.form.elements.revision.value = revision;
    this.paused = false;
    this.failures = 0;
    if (!this.dirty) this.changed += 1;
    return this.now();
  }

  pause() {
    this.paused = true;
    this.changed += 1;
    this.keep();
  }

  /** Leaves for another page, with the words that are not saved kept in this browser. */
  leave(address) {
    this.keep();
    this.leaving = true;
    location.assign(address);
  }

  say(words, kind = "", withSignIn = false) {
    if (this.status.dataset.words === words) return;
    this.status.dataset.words = words;
    this.status.className = `writing-status ${kind}`.trim();
    this.status.textContent = words;
    if (!withSignIn) return;
    const link = document.createElement("a");
    link.href = this.form.dataset.signInUrl;
    link.target = "_blank";
    const [before, after] = word("signInElsewhere").split("{link}");
    link.textContent = word("signInLink");
    this.status.append(` ${before}`, link, after);
  }
}
