// Finding the point nearest to a place, among thousands: a grid, so that only its neighbourhood is looked at.

const CELLS = 64;

/** Finds points by their place. Coordinates are arrays of equal length; `isThere(point)` leaves points out. */
export class Points {
  constructor(x, y, isThere) {
    Object.assign(this, { x, y, isThere });
    this.bounds = { left: Math.min(...x), right: Math.max(...x), bottom: Math.min(...y), top: Math.max(...y) };
    const { left, right, bottom, top } = this.bounds;
    this.cell = Math.max(right - left, top - bottom) / CELLS || 1;
    this.cells = new Map();
    for (let point = 0; point < x.length; point += 1) {
      const name = this.#name(this.#column(x[point]), this.#row(y[point]));
      const there = this.cells.get(name);
      if (there) there.push(point);
      else this.cells.set(name, [point]);
    }
  }

  #column(x) {
    return Math.floor((x - this.bounds.left) / this.cell);
  }

  #row(y) {
    return Math.floor((y - this.bounds.bottom) / this.cell);
  }

  #name(column, row) {
    return column * (2 * CELLS) + row;
  }

  /** Return the point nearest to (x, y) within a radius, -1 if there is none. */
  nearest(x, y, radius) {
    let found = -1;
    let least = radius * radius;
    const within = (place) => Math.min(CELLS, Math.max(0, place));
    const [first, last] = [within(this.#column(x - radius)), within(this.#column(x + radius))];
    const [low, high] = [within(this.#row(y - radius)), within(this.#row(y + radius))];
    for (let column = first; column <= last; column += 1) {
      for (let row = low; row <= high; row += 1) {
        for (const point of this.cells.get(this.#name(column, row)) ?? []) {
          const distance = (this.x[point] - x) ** 2 + (this.y[point] - y) ** 2;
          if (distance <= least && this.isThere(point)) [found, least] = [point, distance];
        }
      }
    }
    return found;
  }

  /** Return the point nearest to another in a direction, such as (0, 1) for up; -1 if none lies there. */
  next(from, across, up) {
    let found = -1;
    let least = Infinity;
    for (let point = 0; point < this.x.length; point += 1) {
      const [x, y] = [this.x[point] - this.x[from], this.y[point] - this.y[from]];
      const ahead = x * across + y * up;
      const aside = Math.abs(x * up - y * across);
      // Within 45 degrees; the straighter the better.
      const distance = ahead + 2 * aside;
      if (ahead > 0 && aside <= ahead && distance < least && this.isThere(point)) [found, least] = [point, distance];
    }
    return found;
  }
}
