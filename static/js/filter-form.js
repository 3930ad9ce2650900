// <form data-filter>: a changed choice filters at once; words wait for Enter or the button. Empty fields stay out of the address.
(() => {
  for (const form of document.querySelectorAll("form[data-filter]")) {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
    });
    form.addEventListener("submit", () => {
      const empty = [...form.elements].filter((field) => field.name && field.value === "");
      for (const field of empty) field.disabled = true;
      setTimeout(() => { for (const field of empty) field.disabled = false; }, 0);
    });
  }
})();
