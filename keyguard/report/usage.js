"use strict";
for (const figure of document.querySelectorAll("figure.usage")) {
  const [slider, output] = [figure.querySelector("input"), figure.querySelector("output")];
  const [chart, cursor] = [figure.querySelector("svg.chart"), figure.querySelector("path.cursor")];
  const rows = figure.querySelectorAll("tbody tr");
  const names = [...figure.querySelectorAll("thead th")].map((head) => head.textContent.toLowerCase());

  function read() {
    const cells = [...rows[slider.value].children].map((cell) => cell.textContent);
    const told = cells.map((text, column) => (text && column > 1 && column < 4 ? `${names[column]} ${text}` : text));
    slider.setAttribute("aria-valuetext", told.filter(Boolean).join(", "));
    output.textContent = slider.getAttribute("aria-valuetext");
    cursor.setAttribute("d", `M${Number(slider.value) + 0.5} 0V100`);
  }

  function follow(event) {
    const box = chart.getBoundingClientRect();
    slider.value = Math.floor(((event.clientX - box.left) / box.width) * rows.length);
    figure.classList.add("reading");
    read();
  }

  figure.querySelector(".reader").hidden = false;
  slider.addEventListener("input", () => (figure.classList.add("reading"), read()));
  chart.addEventListener("pointermove", follow);
  chart.addEventListener("pointerdown", follow);
  read();
}
