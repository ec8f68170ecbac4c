"use strict";
const form = document.getElementById("filters");
const findings = [...document.querySelectorAll("details.finding")];
const rows = new Map([...document.querySelectorAll("tr[data-for]")].map((row) => [row.dataset.for, row]));
const texts = new Map(findings.map((finding) => [finding, finding.textContent.toLowerCase()]));

function matches(finding, wanted) {
  const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
  return (
    ["severity", "confidence", "verdict", "rule"].every((key) => !wanted[key] || finding.dataset[key] === wanted[key]) &&
    (!wanted.state || finding.dataset.state.split(" ").includes(wanted.state)) &&
    words.every((word) => texts.get(finding).includes(word))
  );
}

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  let shown = 0;
  for (const finding of findings) {
    finding.hidden = !matches(finding, wanted);
    shown += !finding.hidden;
    const row = rows.get(finding.id);
    if (row) row.hidden = finding.hidden;
  }
  document.getElementById("shown").textContent = `${shown} of ${findings.length} shown`;
  document.getElementById("nothing").hidden = shown > 0;
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target || target.tagName !== "DETAILS") return;
  target.hidden = false;
  target.open = true;
  target.scrollIntoView();
  target.querySelector("summary").focus();
}

function setAll(open) {
  for (const finding of findings) if (!finding.hidden) finding.open = open;
}

if (form) {
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  document.getElementById("open-all").addEventListener("click", () => setAll(true));
  document.getElementById("close-all").addEventListener("click", () => setAll(false));
  filter();
  addEventListener("hashchange", openTarget);
  openTarget();
}
