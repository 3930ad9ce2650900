// <form data-underway-url="/…" data-underway-stop-url="/…"> with a hidden [data-underway] inside: while the form's long
// work runs, the bar there is moved by what the server says (GET, JSON {done, total}); its button calls the work off.
// Only a button with data-underway-starts begins it; one with data-download leaves the page as it is, so that the bar goes
// when nothing runs any more. Without script the page simply waits for the answer.
(() => {
  const EVERY_MS = 1000;

  const START_MS = 5000; // the file has first to be opened

  const watch = (form, stays) => {
    const box = form.querySelector("[data-underway]");
    const bar = box.querySelector("progress");
    const began = Date.now();
    let ran = false;
    box.hidden = false;
    box.querySelector("[data-underway-stop]").disabled = false;
    const timer = setInterval(async () => {
      try {
        const answer = await fetch(form.dataset.underwayUrl, { headers: { Accept: "application/json" } });
        const { runs, done, total } = await answer.json();
        ran ||= runs;
        if (stays && !runs && (ran || Date.now() - began > START_MS)) {
          clearInterval(timer);
          box.hidden = true;
          bar.removeAttribute("value");
          box.querySelector("[data-underway-said]").textContent = "";
        }
        if (!total) return;
        bar.max = total;
        bar.value = done;
        box.querySelector("[data-underway-said]").textContent = `${done} / ${total}`;
      } catch { /* no signal: the answer itself still comes */ }
    }, EVERY_MS);
    window.addEventListener("pagehide", () => clearInterval(timer), { once: true });
  };

  const stop = (form, button) => {
    button.disabled = true;
    const body = new FormData();
    body.set("csrf_token", form.elements.csrf_token.value);
    fetch(form.dataset.underwayStopUrl, { method: "POST", body, redirect: "manual" }).catch(() => {
      button.disabled = false;
    });
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.dataset.underwayUrl) return;
    if (event.submitter && "underwayStarts" in event.submitter.dataset) {
      watch(form, "download" in event.submitter.dataset);
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-underway-stop]");
    if (button) stop(button.form, button);
  });
  window.addEventListener("pageshow", () => {
    for (const box of document.querySelectorAll("[data-underway]")) box.hidden = true;
  });
})();
