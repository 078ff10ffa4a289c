// Asks the site, and tells apart what can go wrong: no connection, signed out, not allowed, overtaken.

export class Server {
  constructor(form) {
    this.form = form;
    this.addresses = form.dataset;
  }

  get token() {
    return this.form.elements.csrfmiddlewaretoken.value;
  }

  /** Sends fields; answers { kind, data }, where kind is ok, offline, trouble, signed-out, refused or overtaken. */
  async post(address, fields) {
    let answer = await this.send(address, fields);
    if (answer.kind === "token") {
      // Whoever signed in again has another token.
      const renewed = await this.renewToken();
      if (renewed !== "ok") return { kind: renewed, data: {} };
      answer = await this.send(address, fields);
    }
    return answer.kind === "token" ? { kind: "trouble", data: {} } : answer;
  }

  async get(address) {
    return this.read(() => fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" }));
  }

  async send(address, fields) {
    const options = {
      method: "POST",
      body: fields,
      credentials: "same-origin",
      headers: { "X-CSRFToken": this.token, Accept: "application/json" },
    };
    return this.read(() => fetch(address, options));
  }

  async read(asking) {
    let response;
    try {
      response = await asking();
    } catch {
      return { kind: "offline", data: {} };
    }
    const isData = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
    if (response.status === 403 && !isData) return { kind: "token", data: {} };
    let data = {};
    try {
      if (isData) data = await response.json();
    } catch {
      return { kind: "offline", data: {} };
    }
    if (response.status === 401) return { kind: "signed-out", data };
    if (response.status === 409) return { kind: "overtaken", data };
    if (isData && response.status >= 400 && response.status < 500) return { kind: "refused", data };
    return response.ok && isData ? { kind: "ok", data } : { kind: "trouble", data };
  }

  async renewToken() {
    const { kind, data } = await this.get(this.addresses.tokenUrl);
    if (kind !== "ok") return kind === "token" ? "signed-out" : kind;
    for (const input of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) input.value = data.token;
    return "ok";
  }

  /** A page of ours, as a document; nothing where it could not be had. */
  async page(address) {
    try {
      const response = await fetch(address, { credentials: "same-origin" });
      if (!response.ok || response.redirected) return null;
      return new DOMParser().parseFromString(await response.text(), "text/html");
    } catch {
      return null;
    }
  }
}
