"use strict";
// What all parts of the page share: the data, colours, words.

const DATA = JSON.parse(document.getElementById("data").textContent);
const ROWS = DATA.rows;
const ROW_OF = new Map(ROWS.n.map((n, row) => [n, row]));

/** The colours in use, which change with the light or dark scheme. */
const colours = {
  read() {
    const style = getComputedStyle(document.documentElement);
    for (const name of ["ink", "dim", "line", "card", "faint", "accent", "path", "edge", "focus", "waiting-soft", "text-on"]) {
      this[name] = style.getPropertyValue(`--${name}`).trim();
    }
    this.outcomes = DATA.outcomes.map((name) => style.getPropertyValue(`--${name}`).trim());
    this.soft = DATA.outcomes.map((name) => style.getPropertyValue(`--${name}-soft`).trim());
  },
};

/** Seconds as the tables have them. */
function secondsText(value) {
  if (value >= 120) {
    const whole = Math.round(value);
    return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  }
  for (const [unit, size] of [["s", 1], ["ms", 1e-3], ["µs", 1e-6]]) {
    if (value >= size || unit === "µs") {
      const scaled = value / size;
      return value ? `${scaled.toFixed(scaled < 10 ? 2 : scaled < 100 ? 1 : 0)} ${unit}` : "0 s";
    }
  }
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") made.className = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** A button that picks a node; its number alone where the page has left the node out. */
function nodeButton(n) {
  if (!ROW_OF.has(n)) return `node ${n}`;
  return element("button", { type: "button", class: "node", "data-n": n }, ROWS.id[ROW_OF.get(n)]);
}

function stateOf(how) {
  return element("span", { class: "state" }, element("i", { class: `dot ${DATA.outcomes[how]}` }), DATA.outcomes[how]);
}

/** The number of the first item that is not below `value`. */
function lowerBound(sorted, value) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const tip = {
  box: document.getElementById("tip"),
  show(text, x, y) {
    this.box.hidden = !text;
    if (!text) return;
    this.box.textContent = text;
    const { width, height } = this.box.getBoundingClientRect();
    this.box.style.left = `${Math.max(4, Math.min(x + 14, innerWidth - width - 4))}px`;
    this.box.style.top = `${y + 18 + height > innerHeight ? y - height - 10 : y + 18}px`;
  },
};
