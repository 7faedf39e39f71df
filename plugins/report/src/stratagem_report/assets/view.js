"use strict";
// A canvas that is moved and zoomed by mouse, touch, wheel and keys.

class View {
  /**
   * @param canvas where it draws.
   * @param limits `{width, height}` of all that there is to see, `vertical` whether it zooms up and down too.
   * @param paint called with the context; `toScreenX` and the others give the places.
   */
  constructor(canvas, limits, paint) {
    this.canvas = canvas;
    this.limits = limits;
    this.paint = paint;
    this.context = canvas.getContext("2d");
    this.pointers = new Map();
    this.margin = 24;
    this.listen();
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || (width === this.width && height === this.height)) return;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    Object.assign(this, { width, height, ratio });
    this.fit();
  }

  fit() {
    const { width, height, vertical, most } = this.limits;
    const across = (this.width - 2 * this.margin) / (width || 1);
    const down = vertical ? (this.height - 2 * this.margin) / (height || 1) : Infinity;
    this.least = this.scale = Math.min(across, down, most ?? Infinity);
    this.x = (this.width - width * this.scale) / 2;
    this.y = vertical ? (this.height - height * this.scale) / 2 : 0;
    this.redraw();
  }

  zoom(factor, atX = this.width / 2, atY = this.height / 2) {
    const scale = Math.min(Math.max(this.scale * factor, this.least * 0.5), this.limits.closest);
    const change = scale / this.scale;
    this.x = atX - (atX - this.x) * change;
    if (this.limits.vertical) this.y = atY - (atY - this.y) * change;
    this.scale = scale;
    this.redraw();
  }

  move(x, y) {
    const { width, height, vertical } = this.limits;
    const keep = 60;
    this.x = Math.min(Math.max(this.x + x, keep - width * this.scale), this.width - keep);
    const tall = vertical ? height * this.scale : height;
    this.y = Math.min(Math.max(this.y + y, vertical ? keep - tall : Math.min(0, this.height - tall)), vertical ? this.height - keep : 0);
    this.redraw();
  }

  redraw() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
      this.context.clearRect(0, 0, this.width, this.height);
      this.paint(this.context);
    });
  }

  listen() {
    const { canvas, pointers } = this;
    const place = (event) => {
      const box = canvas.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey && document.activeElement !== canvas) return; // the page scrolls
      event.preventDefault();
      const { x, y } = place(event);
      this.zoom(Math.exp(-event.deltaY / 400), x, y);
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, place(event));
      this.moved = 0;
    });
    canvas.addEventListener("pointermove", (event) => {
      const now = place(event);
      const before = pointers.get(event.pointerId);
      if (!before) {
        this.onHover?.(now.x, now.y, event);
        return;
      }
      const others = [...pointers.entries()].filter(([id]) => id !== event.pointerId);
      if (others.length) {
        const other = others[0][1];
        this.zoom(Math.hypot(now.x - other.x, now.y - other.y) / (Math.hypot(before.x - other.x, before.y - other.y) || 1), other.x, other.y);
      } else {
        this.move(now.x - before.x, now.y - before.y);
      }
      this.moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
      pointers.set(event.pointerId, now);
    });
    canvas.addEventListener("pointerup", (event) => {
      pointers.delete(event.pointerId);
      if (this.moved < 5) this.onPick?.(...Object.values(place(event)));
    });
    canvas.addEventListener("pointercancel", (event) => pointers.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => tip.show(""));
    canvas.addEventListener("keydown", (event) => {
      const zooms = { "+": 1.3, "=": 1.3, "-": 1 / 1.3 };
      if (event.key in zooms) this.zoom(zooms[event.key]);
      else if (event.key === "0") this.fit();
      else if (!this.onKey?.(event.key)) return;
      event.preventDefault();
    });
  }
}
