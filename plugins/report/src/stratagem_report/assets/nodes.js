"use strict";
// What is told of one node, and the table of all of them.

const SHOWN = 150;

const COLUMNS = [
  ["Node", "id", (row) => nodeButton(ROWS.n[row])],
  ["Inside", "owner", (row) => (ROWS.owner[row] < 0 ? "–" : ROWS.id[ROW_OF.get(ROWS.owner[row])] ?? `node ${ROWS.owner[row]}`)],
  ["Type", "type", (row) => DATA.types[ROWS.type[row]]],
  ["Outcome", "how", (row) => stateOf(ROWS.how[row])],
  ["Began", "begin", (row) => (ROWS.begin[row] < 0 ? "–" : secondsText(ROWS.begin[row])), "r"],
  ["Runs", "times", (row) => ROWS.times[row].toLocaleString("en"), "r"],
  ["Took in all", "total", (row) => secondsText(ROWS.total[row]), "r"],
  ["Longest", "most", (row) => secondsText(ROWS.most[row]), "r"],
  ["Queued", "queued", (row) => (ROWS.queued[row] > 0.001 ? secondsText(ROWS.queued[row]) : "–"), "r"],
  ["Resources", "leased", (row) => (ROWS.leased[row] > 0.001 ? secondsText(ROWS.leased[row]) : "–"), "r"],
];

class NodeTable {
  constructor() {
    this.table = document.getElementById("nodes-table");
    this.find = document.getElementById("nodes-find");
    this.note = document.getElementById("nodes-note");
    this.by = null;
    this.down = false;
    this.words = ROWS.n.map((_, row) => `${ROWS.id[row]} ${DATA.types[ROWS.type[row]]} ${DATA.outcomes[ROWS.how[row]]}`.toLowerCase());
    const head = this.table.tHead.rows[0];
    for (const [title, key, , side] of COLUMNS) {
      const button = element("button", { type: "button" }, title);
      button.addEventListener("click", () => this.sort(key));
      head.append(element("th", { scope: "col", class: side ?? "", "data-key": key }, button));
    }
    this.find.addEventListener("input", () => this.draw());
    this.draw();
  }

  sort(key) {
    this.down = this.by === key ? !this.down : typeof ROWS[key][0] === "number" && key !== "begin";
    this.by = key;
    for (const head of this.table.tHead.rows[0].cells) {
      head.removeAttribute("aria-sort");
      if (head.dataset.key === key) head.setAttribute("aria-sort", this.down ? "descending" : "ascending");
    }
    this.draw();
  }

  draw() {
    const words = this.find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = ROWS.n.map((_, row) => row).filter((row) => words.every((word) => this.words[row].includes(word)));
    if (this.by) {
      const values = ROWS[this.by];
      const sign = this.down ? -1 : 1;
      rows.sort((one, other) => sign * (values[one] < values[other] ? -1 : values[one] > values[other] ? 1 : 0));
    }
    const leftOut = DATA.nodes_left_out ? `; ${DATA.nodes_left_out.toLocaleString("en")} nodes that were short are left out` : "";
    const told = rows.length > SHOWN ? `${SHOWN} of ${rows.length.toLocaleString("en")} are shown` : `${rows.length.toLocaleString("en")} shown`;
    this.note.textContent = told + leftOut;
    this.table.tBodies[0].replaceChildren(...rows.slice(0, SHOWN).map((row) => {
      const line = element("tr");
      COLUMNS.forEach(([, key, cell, side], at) => line.append(element(at ? "td" : "th", at ? { class: side ?? "" } : { scope: "row" }, cell(row))));
      return line;
    }));
  }
}

class Details {
  constructor(closed) {
    this.box = document.getElementById("details");
    this.closed = closed;
  }

  show(n, count) {
    this.box.hidden = !ROW_OF.has(n);
    if (this.box.hidden) return;
    const row = ROW_OF.get(n);
    const facts = [["Outcome", stateOf(ROWS.how[row])], ["Type", DATA.types[ROWS.type[row]]]];
    if (ROWS.by[row]) facts.push(["Provided by", ROWS.by[row]]);
    if (ROWS.revised[row]) facts.push(["Revised", ROWS.revised[row]]);
    if (ROWS.times[row] > 1) facts.push(["Ran", `${ROWS.times[row].toLocaleString("en")} times`]);
    if (ROWS.begin[row] >= 0) {
      facts.push(["Began at", secondsText(ROWS.begin[row])], ["Took", secondsText(ROWS.total[row])]);
      if (ROWS.tries[row] > ROWS.times[row]) facts.push(["Attempts", ROWS.tries[row]]);
      if (ROWS.owner[row] < 0) facts.push(["Released by", ROWS.released[row] < 0 ? "the start" : nodeButton(ROWS.released[row])]);
      if (ROWS.queued[row] > 0.001) facts.push(["Queued", secondsText(ROWS.queued[row])]);
      if (ROWS.leased[row] > 0.001) facts.push(["Resources", `waited ${secondsText(ROWS.leased[row])}`]);
    }
    if (ROWS.owner[row] >= 0) facts.push(["Inside", nodeButton(ROWS.owner[row])]);
    const inside = ROWS.n.filter((_, other) => ROWS.owner[other] === n).slice(0, 12);
    if (inside.length) facts.push(["Around", element("span", {}, ...inside.flatMap((inner) => [nodeButton(inner), " "]))]);
    const list = element("dl");
    for (const [name, value] of facts) list.append(element("dt", {}, name), element("dd", {}, value));
    const close = element("button", { type: "button", class: "close", "aria-label": "Close" }, "✕");
    close.addEventListener("click", () => this.closed());
    const title = count > 1 ? `${ROWS.id[row]} and ${(count - 1).toLocaleString("en")} more` : ROWS.id[row];
    this.box.replaceChildren(element("h3", {}, title), close, list);
    if (ROWS.error[row]) this.box.append(element("pre", { tabindex: "0" }, ROWS.error[row]));
  }
}
