// Words that are not saved yet, kept in this browser: each window under a name of its own.

const WINDOW = Math.random().toString(36).slice(2);

export class Kept {
  constructor(name) {
    this.name = `writing:${name}:`;
    this.own = this.name + WINDOW;
  }

  write(fields) {
    try {
      localStorage.setItem(this.own, JSON.stringify({ at: Date.now(), fields }));
      return true;
    } catch {
      // A browser that keeps nothing, or has no room left.
      return false;
    }
  }

  forget(key = this.own) {
    try {
      localStorage.removeItem(key);
    } catch {
      // Nothing was kept.
    }
  }

  /** What other windows, or this one before it was closed, have left behind; the newest first. */
  left() {
    const found = [];
    try {
      for (let n = 0; n < localStorage.length; n += 1) {
        const key = localStorage.key(n);
        if (!key.startsWith(this.name) || key === this.own) continue;
        const { at, fields } = JSON.parse(localStorage.getItem(key));
        if (fields) found.push({ key, at, fields });
      }
    } catch {
      return found;
    }
    return found.sort((one, other) => other.at - one.at);
  }
}
