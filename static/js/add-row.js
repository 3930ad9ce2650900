// Repeated fields (measures of a plan; the list name is the name of the FieldList): <ol data-rows="list name" data-rows-next="2"> holds the rows, a <template> in the
// same form with data-row-for="list name" one blank row with __index__ in names and ids, a button data-add-row="list name"
// adds it, data-remove-row takes one away, data-move-row="up" or "down" changes its place. Without script the button is an ordinary submit that the server answers with one row more.
(() => {
  const rows = (form, name) => form.querySelector(`[data-rows="${CSS.escape(name)}"]`);
  const renumber = (list) => [...list.children].forEach((row, place) => {
    for (const one of [row, ...row.querySelectorAll("*")]) {
      for (const attribute of ["id", "name", "for", "formaction", "aria-describedby"]) {
        const value = one.getAttribute(attribute);
        if (value) one.setAttribute(attribute, value.replaceAll(new RegExp(`\\b${list.dataset.rows}-\\d+`, "g"), `${list.dataset.rows}-${place}`));
      }
    }
  });
  document.addEventListener("click", (event) => {
    const mover = event.target.closest("[data-move-row]");
    if (mover) {
      event.preventDefault();
      const row = mover.closest("[data-rows] > *");
      const up = mover.dataset.moveRow === "up";
      const other = up ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      other[up ? "before" : "after"](row);
      renumber(row.parentElement);
      mover.focus();
      return;
    }
    const add = event.target.closest("[data-add-row]");
    const remove = event.target.closest("[data-remove-row]");
    if (!add && !remove) return;
    const form = (add || remove).closest("form");
    if (add) {
      const list = rows(form, add.dataset.addRow);
      const blank = form.querySelector(`template[data-row-for="${CSS.escape(add.dataset.addRow)}"]`);
      if (!list || !blank) return;
      event.preventDefault();
      const index = Number(list.dataset.rowsNext || list.children.length);
      list.dataset.rowsNext = index + 1;
      list.insertAdjacentHTML("beforeend", blank.innerHTML.replaceAll("__index__", index));
      const first = list.lastElementChild.querySelector("input:not([type=hidden]), textarea, select");
      if (first) first.focus();
    } else {
      event.preventDefault();
      remove.closest("[data-rows] > *").remove();
    }
    form.dispatchEvent(new Event("change")); // so that the draft is kept
  });
})();
