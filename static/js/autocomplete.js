// <input data-suggest-url="/…"> offers what the server finds for the typed text (GET ?q=, JSON [{value, label}]).
// With data-suggest-into="field name" the chosen entry's id goes into that hidden field. Without script: plain text.
// A field is bound when it is first entered, so rows added later are served too.
(() => {
  const WAIT_MS = 200;
  let made = 0;
  const bind = (input) => {
    const list = document.createElement("datalist");
    list.id = `suggestions-${made += 1}`;
    input.after(list);
    input.setAttribute("list", list.id);
    const target = input.dataset.suggestInto && input.form.elements[input.dataset.suggestInto];
    let timer = null;
    let asked = "";

    const show = (entries) => list.replaceChildren(...entries.map((entry) => {
      const option = document.createElement("option");
      option.value = entry.value;
      if (entry.label && entry.label !== entry.value) option.label = entry.label;
      if (entry.id !== undefined) option.dataset.id = entry.id;
      return option;
    }));

    const ask = async () => {
      const text = input.value.trim();
      if (!text || text === asked) return;
      asked = text;
      const url = new URL(input.dataset.suggestUrl, window.location.href);
      url.searchParams.set("q", text);
      try {
        const answer = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
        if (answer.ok && asked === text) show(await answer.json());
      } catch { /* no signal: the field stays a plain field */ }
    };

    input.addEventListener("input", () => {
      const chosen = [...list.options].find((option) => option.value === input.value);
      if (target) target.value = chosen ? chosen.dataset.id || "" : "";
      clearTimeout(timer);
      if (!chosen) timer = setTimeout(ask, WAIT_MS);
    });
  };
  document.addEventListener("focusin", (event) => {
    if (event.target.matches("input[data-suggest-url]:not([list])")) bind(event.target);
  });
})();
