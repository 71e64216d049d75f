document.querySelectorAll("th").forEach(function (head) {
  var sort = function () {
    var table = head.closest("table"), body = table.tBodies[0], at = head.cellIndex;
    var down = head.getAttribute("aria-sort") === "ascending" ||
      (!head.hasAttribute("aria-sort") && head.classList.contains("n"));
    var value = function (row) {
      var cell = row.cells[at], raw = cell.dataset.v;
      return raw === undefined ? cell.textContent : Number(raw);
    };
    var rows = Array.prototype.slice.call(body.rows);
    rows.sort(function (x, y) {
      var a = value(x), b = value(y), order;
      if (typeof a === "number" && typeof b === "number") order = a - b;
      else order = String(a).localeCompare(String(b), undefined, { numeric: true });
      return down ? -order : order;
    });
    rows.forEach(function (row) { body.appendChild(row); });
    table.querySelectorAll("th").forEach(function (other) { other.removeAttribute("aria-sort"); });
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
  };
  head.tabIndex = 0;
  head.addEventListener("click", sort);
  head.addEventListener("keydown", function (event) {
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(); }
  });
});
