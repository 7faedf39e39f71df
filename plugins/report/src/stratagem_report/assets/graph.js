"use strict";
// The graph: nodes coloured by how they ended, the critical path stands out.

const NODE = { width: 168, height: 46 };

class Graph {
  constructor(canvas, pick) {
    this.data = DATA.graph;
    this.pick = pick;
    this.colourBy = "how";
    this.selected = -1;
    this.at = new Map(this.data.n.map((n, index) => [n, index]));
    this.slowest = Math.max(...this.data.seconds, 1e-9);
    this.neighbours();
    this.index();
    const width = Math.max(0, ...this.data.x) + NODE.width;
    const height = Math.max(0, ...this.data.y) + NODE.height;
    const wide = Math.min(1.15, (canvas.clientWidth - 48) / width);
    canvas.style.height = `${Math.min(540, Math.max(260, height * wide + 70))}px`;
    this.view = new View(canvas, { width, height, vertical: true, closest: 3, most: 1.15 }, (context) => this.paint(context));
    this.view.onPick = (x, y) => this.choose(this.hit(x, y));
    this.view.onHover = (x, y, event) => this.hover(this.hit(x, y), event);
    this.view.onKey = (key) => this.key(key);
  }

  neighbours() {
    const { edges, n } = this.data;
    this.before = n.map(() => []);
    this.after = n.map(() => []);
    for (let i = 0; i < edges.length; i += 2) {
      this.after[edges[i]].push(edges[i + 1]);
      this.before[edges[i + 1]].push(edges[i]);
    }
  }

  /** Nodes by cells of the plane, to find those under the pointer and those in sight. */
  index() {
    this.cells = new Map();
    this.data.x.forEach((x, index) => {
      const key = `${Math.floor(x / 400)} ${Math.floor(this.data.y[index] / 400)}`;
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(index);
    });
  }

  *near(left, top, right, bottom) {
    for (let column = Math.floor((left - NODE.width) / 400); column <= Math.floor(right / 400); column++) {
      for (let row = Math.floor((top - NODE.height) / 400); row <= Math.floor(bottom / 400); row++) {
        yield* this.cells.get(`${column} ${row}`) ?? [];
      }
    }
  }

  hit(screenX, screenY) {
    const x = (screenX - this.view.x) / this.view.scale;
    const y = (screenY - this.view.y) / this.view.scale;
    for (const index of this.near(x, y, x, y)) {
      const dx = x - this.data.x[index];
      const dy = y - this.data.y[index];
      if (dx >= 0 && dx <= NODE.width && dy >= 0 && dy <= NODE.height) return index;
    }
    return -1;
  }

  hover(index, event) {
    const { label, how, seconds, type } = this.data;
    tip.show(index < 0 ? "" : `${label[index]} (${DATA.types[type[index]]}): ${DATA.outcomes[how[index]]}, ${secondsText(seconds[index])}`, event.clientX, event.clientY);
  }

  choose(index) {
    this.selected = index;
    this.pick(index < 0 ? -1 : this.data.n[index], index < 0 ? 1 : this.data.count[index]);
    this.view.redraw();
  }

  select(n) {
    this.selected = this.at.get(n) ?? -1;
    if (this.selected >= 0) this.show(this.selected);
    this.view.redraw();
  }

  /** Brings a node into sight. */
  show(index) {
    const { view } = this;
    const x = this.data.x[index] * view.scale + view.x;
    const y = this.data.y[index] * view.scale + view.y;
    const free = view.width - (view.width > 760 ? 364 : 0); // the rest is under the details
    if (x < 0 || y < 0 || x > free - NODE.width * view.scale || y > view.height - NODE.height || view.scale < 0.3) {
      view.scale = Math.max(view.scale, 0.6);
      view.x = free / 2 - (this.data.x[index] + NODE.width / 2) * view.scale;
      view.y = view.height / 2 - (this.data.y[index] + NODE.height / 2) * view.scale;
    }
    view.redraw();
  }

  key(key) {
    if (!this.data.n.length) return false;
    const from = this.selected;
    const siblings = () => this.data.n.map((_, index) => index).filter((index) => Math.abs(this.data.x[index] - this.data.x[from]) < NODE.width / 2)
      .sort((one, other) => this.data.y[one] - this.data.y[other]);
    const beside = (step) => {
      const column = siblings();
      return column[column.indexOf(from) + step];
    };
    const to = { ArrowRight: () => this.after[from]?.[0], ArrowLeft: () => this.before[from]?.[0], ArrowDown: () => beside(1), ArrowUp: () => beside(-1), Home: () => 0, End: () => this.data.n.length - 1, Escape: () => -1 }[key];
    if (!to) return false;
    const next = from < 0 && key !== "Escape" && key !== "End" ? 0 : to();
    if (next !== undefined) {
      this.choose(next);
      if (next >= 0) this.show(next);
    }
    return true;
  }

  paint(context) {
    const { view } = this;
    context.save();
    context.translate(view.x, view.y);
    context.scale(view.scale, view.scale);
    const sight = { left: -view.x / view.scale, top: -view.y / view.scale };
    sight.right = sight.left + view.width / view.scale;
    sight.bottom = sight.top + view.height / view.scale;
    this.paintEdges(context, sight);
    for (const index of this.near(sight.left, sight.top, sight.right, sight.bottom)) this.paintNode(context, index);
    context.restore();
  }

  paintEdges(context, sight) {
    const { edges, bends, path, x, y } = this.data;
    const picked = this.selected;
    const plain = new Path2D();
    const strong = new Path2D();
    const chosen = new Path2D();
    for (let i = 0; i < edges.length; i += 2) {
      const from = edges[i];
      const to = edges[i + 1];
      const [x1, y1, x2, y2] = [x[from] + NODE.width, y[from] + NODE.height / 2, x[to], y[to] + NODE.height / 2];
      if (Math.max(x1, x2) < sight.left || Math.min(x1, x2) > sight.right || Math.max(y1, y2) < sight.top || Math.min(y1, y2) > sight.bottom) continue;
      const line = picked >= 0 && (from === picked || to === picked) ? chosen : path[from] && path[to] ? strong : plain;
      line.moveTo(x1, y1);
      let [atX, atY] = [x1, y1];
      const past = bends[i / 2] ?? [];
      for (let at = 0; at < past.length; at += 2) {
        const middle = past[at + 1] + NODE.height / 2;
        this.curve(line, atX, atY, past[at], middle);
        line.lineTo(past[at] + NODE.width, middle);
        [atX, atY] = [past[at] + NODE.width, middle];
      }
      this.curve(line, atX, atY, x2, y2);
    }
    const thin = 1 / this.view.scale;
    const crowd = Math.min(1, 6000 / (edges.length || 1));
    for (const [line, colour, width, alpha] of [[plain, colours.edge, Math.max(1.4, thin * 0.8), crowd], [strong, colours.path, Math.max(2.6, thin * 1.6), 1], [chosen, colours.focus, Math.max(2.6, thin * 1.6), 1]]) {
      Object.assign(context, { strokeStyle: colour, lineWidth: width, globalAlpha: alpha });
      context.stroke(line);
    }
    context.globalAlpha = 1;
  }

  curve(line, x1, y1, x2, y2) {
    if (this.view.scale < 0.2) {
      line.lineTo(x2, y2);
    } else {
      const bend = Math.max(28, Math.abs(x2 - x1) / 2);
      line.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    }
  }

  paintNode(context, index) {
    const { x, y, how, path, label, type, seconds, count, composite } = this.data;
    const scale = this.view.scale;
    const solid = colours.outcomes[how[index]];
    const share = Math.sqrt(seconds[index] / this.slowest); // as an area: few are near the slowest
    if (scale < 0.16) {
      context.fillStyle = path[index] ? colours.path : solid;
      if (this.colourBy === "seconds") context.globalAlpha = 0.12 + 0.88 * share;
      context.fillRect(x[index], y[index], NODE.width, NODE.height);
      context.globalAlpha = 1;
      return;
    }
    context.beginPath();
    context.roundRect(x[index], y[index], NODE.width, NODE.height, 9);
    context.fillStyle = colours.card;
    context.fill();
    if (this.colourBy === "seconds") {
      context.globalAlpha = 0.75 * share;
      context.fillStyle = colours.accent;
    } else {
      context.fillStyle = colours.soft[how[index]];
    }
    context.fill();
    context.globalAlpha = 1;
    const picked = index === this.selected;
    context.lineWidth = picked ? 3.5 : path[index] ? 3 : 1.4;
    context.strokeStyle = picked ? colours.focus : path[index] ? colours.path : solid;
    context.stroke();
    context.fillStyle = solid;
    context.beginPath();
    context.roundRect(x[index] + 7, y[index] + 9, 5, NODE.height - 18, 2.5);
    context.fill();
    if (scale < 0.32) return;
    const inner = NODE.width - 30;
    context.fillStyle = colours.ink;
    context.font = "600 13px system-ui, 'DejaVu Sans', sans-serif";
    this.text(context, label[index], x[index] + 20, y[index] + 20, inner);
    context.fillStyle = colours.dim;
    context.font = "11.5px system-ui, 'DejaVu Sans', sans-serif";
    const time = DATA.outcomes[how[index]] === "skipped" || DATA.outcomes[how[index]] === "waiting" ? DATA.outcomes[how[index]] : secondsText(seconds[index]);
    const kind = DATA.types[type[index]] + (composite[index] && count[index] === 1 ? " ▾" : "");
    const taken = context.measureText(time).width;
    context.fillText(time, x[index] + NODE.width - 10 - taken, y[index] + 36);
    this.text(context, kind, x[index] + 20, y[index] + 36, inner - taken - 8);
  }

  text(context, text, x, y, width) {
    let shown = text;
    if (context.measureText(shown).width > width) {
      const letters = Math.max(1, Math.floor((shown.length * width) / context.measureText(shown).width) - 1);
      shown = `${shown.slice(0, letters)}…`;
    }
    context.fillText(shown, x, y);
  }
}
