"use strict";
// Tables become sortable where scripts run; without them they stand as written.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "descending" ||
        (!head.hasAttribute("aria-sort") && !body.querySelector(`tr > :nth-child(${place + 1})[data-v]`));
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "ascending" : "descending");
      const known = (row) => row.cells[place].dataset.v;
      const rows = [...body.rows].sort((one, two) => {
        const [a, b] = [known(one), known(two)];
        const words = () => one.cells[place].textContent.localeCompare(two.cells[place].textContent, "en");
        if (a === undefined && b === undefined) return down ? words() : -words();
        if (a === undefined || b === undefined) return a === undefined ? 1 : -1; // the unknown last, either way
        return down ? a - b : b - a;
      });
      body.append(...rows);
    });
  });
}
