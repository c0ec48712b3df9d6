"use strict";
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const header = button.parentElement, row = header.parentElement, column = [...row.children].indexOf(header);
    const isNumber = header.classList.contains("number"), was = header.getAttribute("aria-sort");
    // The largest first, and texts from a to z; then the other way round.
    const isDown = was === "none" ? isNumber : was === "ascending";
    for (const other of row.children) other.setAttribute("aria-sort", "none");
    header.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    const body = header.closest("table").tBodies[0], cell = line => line.children[column];
    const compare = (a, b) => isNumber ? cell(a).dataset.value - cell(b).dataset.value : cell(a).textContent.localeCompare(cell(b).textContent, "en", { numeric: true });
    body.append(...[...body.rows].sort((a, b) => isDown ? compare(b, a) : compare(a, b)));
  });
}
const all = isOpen => { for (const block of document.querySelectorAll("#graph details")) block.open = isOpen; };
document.getElementById("open-all").addEventListener("click", () => all(true));
document.getElementById("close-all").addEventListener("click", () => all(false));
for (const link of document.querySelectorAll("a.node")) {
  link.addEventListener("click", () => {
    const block = document.getElementById(link.getAttribute("href").slice(1));
    block.open = true;
    block.querySelector("summary").focus();
  });
}
