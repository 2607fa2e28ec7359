// The canvas of the picture, with its view of the plane: zoom, pan, and what lies beneath the pointer.

import { Points } from "../lib/points.js";
import { colourOf, draw } from "./picture_drawing.js";

const MARGIN = 28;
const MOST_ZOOM = 60;
const STEP = 1.5;
// In CSS pixels: how near to a point the pointer must be, and how far it may move in a click.
const REACH = 12;
const STILL = 4;
// A query that is farther away than this would make all points one: it is shown at the border.
const FAR = 3;

/** Return whether a query is too far away to be seen among the points. */
export const isFar = ({ x, y }) => Math.max(Math.abs(x), Math.abs(y)) > FAR;

const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** A view of the plane: its middle, and how many CSS pixels a unit has. */
class View {
  constructor(x, y, scale, { width, height }) {
    Object.assign(this, { x, y, scale, width, height });
  }

  /** Return the view in which everything is seen. */
  static of({ left, right, bottom, top }, size) {
    const across = (size.width - 2 * MARGIN) / (right - left);
    const up = (size.height - 2 * MARGIN) / (top - bottom);
    const least = Math.min(across, up);
    return new View((left + right) / 2, (bottom + top) / 2, Number.isFinite(least) ? least : 1, size);
  }

  toScreen(x, y) {
    return [this.width / 2 + (x - this.x) * this.scale, this.height / 2 - (y - this.y) * this.scale];
  }

  toPlane(left, top) {
    return [this.x + (left - this.width / 2) / this.scale, this.y - (top - this.height / 2) / this.scale];
  }

  /** Return the view with another scale, in which one place of the screen keeps its point of the plane. */
  scaled(scale, left = this.width / 2, top = this.height / 2) {
    const [x, y] = this.toPlane(left, top);
    return new View(x - (left - this.width / 2) / scale, y + (top - this.height / 2) / scale, scale, this);
  }

  moved(left, top) {
    return new View(this.x - left / this.scale, this.y + top / this.scale, this.scale, this);
  }
}

/** The canvas. `mark(point, left, top)` is told which point is meant, -1 for none; `open(point)` opens one. */
export class Plot {
  constructor(canvas, probe, { mark, open, signal }) {
    Object.assign(this, { canvas, probe, mark, open, selected: -1, isWhole: true });
    this.resolve = colourOf(probe);
    const size = new ResizeObserver(() => this.#resize());
    size.observe(canvas);
    const recolour = () => {
      this.resolve = colourOf(probe);
      this.#later();
    };
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour, { signal });
    const theme = new MutationObserver(recolour);
    theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    signal.addEventListener("abort", () => [size, theme].forEach((observer) => observer.disconnect()));
    this.#listen(signal);
  }

  /** Show other points; the view of the plane stays as it is, unless it was of all of it. */
  show(scene) {
    this.scene = scene;
    this.points = new Points(scene.x, scene.y, (point) => this.#isThere(point));
    this.selected = -1;
    this.#resize();
  }

  /** Draw anew, since the scene has other hidden groups. */
  redraw() {
    if (this.selected >= 0 && !this.#isThere(this.selected)) this.selected = -1;
    this.#later();
  }

  zoom(factor, left, top) {
    const { scale } = this.#whole();
    const wanted = Math.min(MOST_ZOOM * scale, Math.max(scale / 2, this.view.scale * factor));
    this.isWhole = false;
    this.view = this.view.scaled(wanted, left, top);
    this.#later();
  }

  zoomIn() {
    this.zoom(STEP);
  }

  zoomOut() {
    this.zoom(1 / STEP);
  }

  reset() {
    this.isWhole = true;
    this.view = this.#whole();
    this.#later();
  }

  #isThere(point) {
    return !this.scene.hidden.has(this.scene.of[point]) || this.scene.hits.has(point);
  }

  #whole() {
    const bounds = { ...this.points.bounds };
    const { query } = this.scene;
    if (query && !isFar(query)) {
      Object.assign(bounds, {
        left: Math.min(bounds.left, query.x), right: Math.max(bounds.right, query.x),
        bottom: Math.min(bounds.bottom, query.y), top: Math.max(bounds.top, query.y),
      });
    }
    return View.of(bounds, this.size);
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!this.scene || !width || !height) return;
    const before = this.size;
    this.size = { width, height };
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    if (this.isWhole || !before) this.view = this.#whole();
    else this.view = new View(this.view.x, this.view.y, (this.view.scale * width) / before.width, this.size);
    // At once: a canvas that changes its size is empty.
    this.#draw();
  }

  #later() {
    this.frame ??= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    cancelAnimationFrame(this.frame);
    this.frame = undefined;
    if (!this.size) return;
    const ratio = this.canvas.width / this.size.width;
    const context = this.canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.size.width, this.size.height);
    draw(context, this.scene, this.view, { ...this.size, ratio, resolve: this.resolve });
    this.#tell();
  }

  #tell() {
    const { selected } = this;
    this.mark(selected, ...(selected < 0 ? [0, 0] : this.view.toScreen(this.scene.x[selected], this.scene.y[selected])));
  }

  #select(point) {
    if (point === this.selected) return;
    this.selected = point;
    this.#tell();
  }

  /** Return the point at a place on the screen, -1 if there is none. */
  at(left, top) {
    return this.points.nearest(...this.view.toPlane(left, top), REACH / this.view.scale);
  }

  #listen(signal) {
    const { canvas } = this;
    let drag = null;
    const on = (event, listener, options) => canvas.addEventListener(event, listener, { signal, ...options });
    on("pointerdown", (event) => {
      if (event.button) return;
      canvas.setPointerCapture(event.pointerId);
      drag = { x: event.offsetX, y: event.offsetY, far: 0 };
    });
    on("pointermove", ({ offsetX, offsetY }) => {
      if (!drag) {
        const point = this.at(offsetX, offsetY);
        canvas.classList.toggle("over", point >= 0);
        this.#select(point);
        return;
      }
      const [left, top] = [offsetX - drag.x, offsetY - drag.y];
      drag.far += Math.hypot(left, top);
      Object.assign(drag, { x: offsetX, y: offsetY });
      if (drag.far <= STILL) return;
      canvas.classList.add("dragged");
      this.isWhole = false;
      this.view = this.view.moved(left, top);
      this.#later();
    });
    const drop = () => {
      drag = null;
      canvas.classList.remove("dragged");
    };
    on("pointerup", ({ offsetX, offsetY }) => {
      const isClick = drag && drag.far <= STILL;
      drop();
      const point = isClick ? this.at(offsetX, offsetY) : -1;
      if (point >= 0) this.open(point);
    });
    on("pointercancel", drop);
    on("pointerleave", () => document.activeElement === canvas || this.#select(-1));
    on(
      "wheel",
      (event) => {
        event.preventDefault();
        this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0015)), event.offsetX, event.offsetY);
      },
      { passive: false },
    );
    on("keydown", (event) => this.#press(event));
    on("blur", () => this.#select(-1));
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = {
      Enter: () => this.selected >= 0 && this.open(this.selected),
      Escape: () => this.#select(-1),
      "+": () => this.zoomIn(),
      "=": () => this.zoomIn(),
      "-": () => this.zoomOut(),
      0: () => this.reset(),
    };
    const direction = DIRECTIONS[event.key];
    if (!direction && !keys[event.key]) return;
    event.preventDefault();
    if (direction) this.#step(direction);
    else keys[event.key]();
  }

  /** Mean the nearest point in a direction; at first the best hit, else the point in the middle. */
  #step(direction) {
    const [best] = this.scene.hits.keys();
    const middle = () => this.points.nearest(this.view.x, this.view.y, Number.MAX_SAFE_INTEGER);
    const next = this.selected < 0 ? (best ?? middle()) : this.points.next(this.selected, ...direction);
    if (next < 0) return;
    const { x, y } = this.scene;
    const [left, top] = this.view.toScreen(x[next], y[next]);
    if (left < 0 || top < 0 || left > this.size.width || top > this.size.height) {
      this.isWhole = false;
      this.view = new View(x[next], y[next], this.view.scale, this.size);
      this.#later();
    }
    this.#select(next);
  }
}
