// <input type="file" data-files="list id" data-max-bytes="…" data-too-large="…"> lists what was chosen, with sizes,
// and names a file that is too large before it travels in vain.
(() => {
  const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`);
  for (const input of document.querySelectorAll("input[type=file][data-files]")) {
    const list = document.getElementById(input.dataset.files);
    const most = Number(input.dataset.maxBytes) || Infinity;
    if (!list) continue;
    input.addEventListener("change", () => {
      const rows = [...input.files].map((file) => {
        const row = document.createElement("li");
        const name = document.createElement("span");
        const weight = document.createElement("span");
        name.textContent = file.name;
        weight.textContent = size(file.size);
        if (file.size > most) {
          row.className = "too-large";
          weight.textContent += ` · ${input.dataset.tooLarge || ""}`;
        }
        row.append(name, weight);
        return row;
      });
      list.replaceChildren(...rows);
      const excess = [...input.files].some((file) => file.size > most);
      input.setCustomValidity(excess ? input.dataset.tooLarge || "!" : "");
    });
    input.form.addEventListener("submit", (event) => {
      if (input.validity.customError) {
        event.preventDefault();
        list.scrollIntoView({ block: "center" });
        input.focus();
      }
    });
  }
})();
