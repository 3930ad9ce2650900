// What is typed into <form data-draft="key"> survives a reload, a crash or a lost signal.
// It is kept in this browser, apart for each person (<body data-owner>), until a page says
// that the server has stored it: <span data-draft-sent="key">. A form sent into a dead
// network therefore still finds its text. Passwords, hidden fields and files are not kept.
(() => {
  const place = (key) => `draft:${document.body.dataset.owner || ""}:${key}`;
  const store = (action) => {
    try { return action(window.localStorage); } catch { return null; } // storage full or forbidden: the form still works
  };
  const fields = (form) => [...form.elements].filter((field) =>
    field.name && !["hidden", "password", "file", "submit", "button", "fieldset", "reset"].includes(field.type));
  const choice = (field) => field.type === "checkbox" || field.type === "radio";
  const value = (field) => (choice(field) ? field.checked
    : field.type === "select-multiple" ? [...field.selectedOptions].map((option) => option.value) : field.value);
  const identity = (field) => (choice(field) ? `${field.name}=${field.value}` : field.name);
  const snapshot = (form) => JSON.stringify(fields(form).map((field) => [identity(field), value(field)]));

  const put = (form, draft) => {
    const waiting = JSON.parse(draft);
    for (const add of form.querySelectorAll("[data-add-row]")) { // rows that were added by hand come back first
      const lost = () => waiting.some(([name]) => name.startsWith(`${add.dataset.addRow}-`) && !fields(form).some((field) => identity(field) === name));
      for (let i = 0; i < 100 && lost(); i += 1) add.click();
    }
    for (const field of fields(form)) {
      const found = waiting.findIndex(([name]) => name === identity(field));
      if (found < 0) continue;
      const [, kept] = waiting.splice(found, 1)[0]; // same name twice: in order
      if (choice(field)) field.checked = kept;
      else if (field.type === "select-multiple") for (const option of field.options) option.selected = kept.includes(option.value);
      else field.value = kept;
    }
  };

  const tell = (form, forget) => {
    const message = document.createElement("div");
    message.className = "flash";
    message.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = form.dataset.draftRestored || "";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small";
    button.textContent = form.dataset.draftDiscard || "×";
    button.addEventListener("click", () => { forget(); message.remove(); });
    message.append(text, button);
    form.prepend(message);
  };

  for (const sent of document.querySelectorAll("[data-draft-sent]")) store((kept) => kept.removeItem(place(sent.dataset.draftSent)));

  for (const form of document.querySelectorAll("form[data-draft]")) {
    const key = place(form.dataset.draft);
    const untouched = snapshot(form);
    const refused = form.querySelector("[aria-invalid], .has-error, .form-errors"); // the server gave back what was typed: that is the newest
    const draft = store((kept) => kept.getItem(key));
    if (draft && draft !== untouched && !refused) {
      put(form, draft);
      tell(form, () => { put(form, untouched); store((kept) => kept.removeItem(key)); });
    }
    const keep = () => {
      const now = snapshot(form);
      store((kept) => (now === untouched && !refused ? kept.removeItem(key) : kept.setItem(key, now)));
    };
    if (refused) keep();
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
  }
})();
