// A POST form is sent once: a second press does nothing while the first is on its way.
// The word on the button comes from its own data-sending, else from <body data-sending>.
// A button with data-download may be pressed again: its answer is a file, and the page stays as it is.
// <form data-again="ms">: how long the answer may take before the button is offered again.
(() => {
  const AGAIN_MS = 20000; // a download answers a form without leaving the page
  const release = (form) => {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button[data-label]")) {
      button.textContent = button.dataset.label;
      button.removeAttribute("aria-disabled");
      delete button.dataset.label;
    }
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (event.submitter && "download" in event.submitter.dataset) return; // the answer is a file, the page stays
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter || form.querySelector("button[type=submit]");
    if (button && button.tagName === "BUTTON") {
      // not disabled: a disabled button would not send its own name and value
      button.dataset.label = button.textContent;
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.sending || document.body.dataset.sending || button.textContent;
    }
    setTimeout(() => release(form), Number(form.dataset.again) || AGAIN_MS);
  });

  // coming back by the browser's Back shows the page as it was left
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
})();
