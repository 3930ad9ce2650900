// <form data-select>: one box chooses all rows of the page, the bar of actions appears with the first choice.
(() => {
  for (const form of document.querySelectorAll("form[data-select]")) {
    const all = form.querySelector("[data-select-all]");
    const bar = form.querySelector("[data-bulk]");
    const count = form.querySelector("[data-selected-count]");
    const boxes = () => [...form.querySelectorAll("tbody input[type=checkbox]")];
    const show = () => {
      const chosen = boxes().filter((box) => box.checked).length;
      if (count) count.textContent = chosen;
      if (bar) bar.hidden = chosen === 0;
      if (all) {
        all.checked = chosen > 0 && chosen === boxes().length;
        all.indeterminate = chosen > 0 && !all.checked;
      }
    };
    form.addEventListener("change", (event) => {
      if (event.target === all) for (const box of boxes()) box.checked = all.checked;
      show();
    });
    window.addEventListener("pageshow", show);
    show();
  }
})();
