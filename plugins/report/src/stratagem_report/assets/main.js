"use strict";
// Puts the parts together.

colours.read();

const details = new Details(() => pick(-1));
const graph = new Graph(document.getElementById("graph-canvas"), (n, count) => pick(n, count));
const timeline = new Timeline(document.getElementById("timeline-canvas"), (n) => pick(n));
new NodeTable();

function pick(n, count = 1) {
  details.show(n, count);
  timeline.select(n);
  graph.select(n);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button.node");
  if (button) {
    const inCanvas = button.closest("aside");
    pick(Number(button.dataset.n));
    if (!inCanvas) document.getElementById("graph").scrollIntoView({ block: "start" });
  }
  const tool = event.target.closest("button[data-view]");
  if (tool) {
    const { view } = tool.dataset.view === "graph" ? graph : timeline;
    if (tool.dataset.do === "fit") view.fit();
    else view.zoom(tool.dataset.do === "in" ? 1.4 : 1 / 1.4);
  }
  const picture = event.target.closest("a.zoom");
  if (picture) {
    event.preventDefault();
    picture.firstElementChild.classList.toggle("full");
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") pick(-1);
});

document.getElementById("graph-colour").addEventListener("change", (event) => {
  graph.colourBy = event.target.value;
  graph.view.redraw();
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  colours.read();
  graph.view.redraw();
  timeline.view.redraw();
});

const note = document.getElementById("timeline-note");
const { left_out: leftOut, bar_n: bars } = DATA.timeline;
note.textContent = leftOut ? `the ${bars.length.toLocaleString("en")} longest of ${(bars.length + leftOut).toLocaleString("en")} steps` : "";
document.documentElement.dataset.ready = "yes";
