"use strict";
// The timeline: a lane for each step that ran at once, above it how many ran.

const CURVE = 72;
const AXIS = 22;

class Timeline {
  constructor(canvas, pick) {
    this.data = DATA.timeline;
    this.pick = pick;
    this.selected = -1;
    const around = Math.max(-1, ...this.data.around_lane) + 1;
    this.aroundLanes = around;
    const room = (canvas.clientHeight || 360) - CURVE - AXIS - 16;
    this.lane = Math.min(26, Math.max(this.data.lanes + around > 400 ? 2 : 5, room / Math.max(1, this.data.lanes + around)));
    this.top = CURVE + AXIS;
    const height = this.top + (this.data.lanes + around) * this.lane + 12;
    canvas.style.height = `${Math.min(Math.max(200, height), 520)}px`;
    const closest = Math.max(2000, 5e6 / Math.max(DATA.seconds, 1e-3));
    this.view = new View(canvas, { width: Math.max(DATA.seconds, 1e-6), height, vertical: false, closest: closest * 100 }, (context) => this.paint(context));
    this.view.onPick = (x, y) => {
      const bar = this.hit(x, y);
      this.pick(bar ? bar.n : -1);
    };
    this.view.onHover = (x, y, event) => this.hover(x, y, event);
    this.view.onKey = (key) => {
      const ways = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] };
      if (!ways[key]) return false;
      this.view.move(...ways[key]);
      return true;
    };
  }

  select(n) {
    this.selected = n;
    this.view.redraw();
  }

  groups() {
    const { data, aroundLanes, lane, top } = this;
    return [["around", top, true], ["bar", top + aroundLanes * lane + (aroundLanes ? 6 : 0), false]].map(([name, y, outlined]) => ({
      y, outlined, n: data[`${name}_n`], begin: data[`${name}_begin`], end: data[`${name}_end`], how: data[`${name}_how`], lanes: data[`${name}_lane`],
    }));
  }

  hit(screenX, screenY) {
    const at = (screenX - this.view.x) / this.view.scale;
    const slack = 2 / this.view.scale;
    for (const group of this.groups().reverse()) {
      const lane = Math.floor((screenY - this.view.y - group.y) / this.lane);
      for (let i = 0; i < group.n.length; i++) {
        if (group.lanes[i] === lane && group.begin[i] - slack <= at && at <= group.end[i] + slack) return { n: group.n[i], begin: group.begin[i], end: group.end[i], how: group.how[i] };
      }
    }
    return null;
  }

  hover(x, y, event) {
    const bar = this.hit(x, y);
    const text = bar && `${ROWS.id[ROW_OF.get(bar.n)]}: ${DATA.outcomes[bar.how]}, ${secondsText(bar.end - bar.begin)} from ${secondsText(bar.begin)}`;
    tip.show(text ?? "", event.clientX, event.clientY);
  }

  paint(context) {
    const { view } = this;
    const right = (view.width - view.x) / view.scale;
    const left = -view.x / view.scale;
    for (const group of this.groups()) this.paintBars(context, group, left, right);
    context.fillStyle = colours["waiting-soft"];
    context.fillRect(0, 0, view.width, CURVE + AXIS - 4);
    this.paintCurve(context);
    this.paintAxis(context, left, right);
  }

  paintBars(context, group, left, right) {
    const { view, lane } = this;
    const gap = lane > 8 ? 2 : lane > 4 ? 1 : 0;
    context.font = "11.5px system-ui, 'DejaVu Sans', sans-serif";
    for (let i = 0; i < group.n.length; i++) {
      if (group.end[i] < left || group.begin[i] > right) continue;
      const x = group.begin[i] * view.scale + view.x;
      const width = Math.max(1.2, (group.end[i] - group.begin[i]) * view.scale - (lane > 8 ? 1 : 0));
      const y = view.y + group.y + group.lanes[i] * lane;
      if (y > view.height || y + lane < CURVE) continue;
      const colour = colours.outcomes[group.how[i]];
      const picked = group.n[i] === this.selected;
      context.fillStyle = picked ? colours.focus : colour;
      if (width < 6 && !group.outlined) {
        context.fillRect(x, y, width, lane - gap); // paths take ten times as long, and nobody sees corners here
        continue;
      }
      context.beginPath();
      context.roundRect(x, y, width, lane - gap, lane > 8 ? Math.min(4, width / 2) : 0);
      if (group.outlined) {
        context.fillStyle = colours.soft[group.how[i]];
        context.fill();
        Object.assign(context, { strokeStyle: picked ? colours.focus : colour, lineWidth: picked ? 2 : 1 });
        context.stroke();
      } else {
        context.fill();
      }
      if (lane > 12 && width > 34) this.name(context, group, i, x, y, width, lane - gap);
    }
  }

  name(context, group, i, x, y, width, height) {
    const shown = Math.max(x, 0);
    const room = x + width - shown - 10;
    const text = ROWS.id[ROW_OF.get(group.n[i])];
    const needed = context.measureText(text).width;
    if (room < 20) return;
    context.fillStyle = group.outlined ? colours.ink : colours["text-on"];
    const letters = needed > room ? Math.floor((text.length * room) / needed) - 1 : text.length;
    if (letters > 1) context.fillText(letters < text.length ? `${text.slice(0, letters)}…` : text, shown + 5, y + height / 2 + 4);
  }

  paintCurve(context) {
    const { view } = this;
    const busy = this.data.busy;
    const most = Math.max(DATA.places > 4 * Math.max(...busy) ? 0 : DATA.places, ...busy, 1);
    const width = (DATA.seconds / busy.length) * view.scale;
    const y = (value) => CURVE - 4 - (value / most) * (CURVE - 26);
    context.beginPath();
    context.moveTo(view.x, y(0));
    busy.forEach((value, i) => {
      context.lineTo(view.x + i * width, y(value));
      context.lineTo(view.x + (i + 1) * width, y(value));
    });
    context.lineTo(view.x + busy.length * width, y(0));
    Object.assign(context, { fillStyle: colours.accent, globalAlpha: 0.25 });
    context.fill();
    Object.assign(context, { strokeStyle: colours.accent, lineWidth: 1.2, globalAlpha: 1 });
    context.stroke();
    context.font = "11px system-ui, 'DejaVu Sans', sans-serif";
    context.fillStyle = colours.dim;
    context.fillText(`at once: ${Math.max(...busy).toFixed(1)} at most, ${DATA.places} allowed`, 8, 12);
  }

  paintAxis(context, left, right) {
    const { view } = this;
    const rough = (right - left) / Math.max(2, view.width / 110);
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((times) => times * power).find((value) => value >= rough);
    context.fillStyle = colours.dim;
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    for (let at = Math.max(0, Math.ceil(left / step)) * step; at <= Math.min(right, DATA.seconds); at += step) {
      const x = Math.round(at * view.scale + view.x) + 0.5;
      context.beginPath();
      context.moveTo(x, CURVE);
      context.lineTo(x, view.height);
      context.globalAlpha = 0.6;
      context.stroke();
      context.globalAlpha = 1;
      context.fillText(secondsText(at), x + 3, CURVE + 12);
    }
  }
}
