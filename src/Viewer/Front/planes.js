import { rayOf } from './camera.js';

/** @typedef {import('./types.js').Point} Point */
/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./volume.js').VolumeView} VolumeView */
/** @typedef {'z' | 'y' | 'x'} Axis */

const COLORS = { z: '#7fb2ff', y: '#86e08c', x: '#ff9090' };
const REACH = 7;
/** Seen from so straight on that a voxel along the normal is shorter than this on the screen, a plane follows the mouse up and down. */
const SHORTEST = 0.3;
const PIXELS_A_PLANE = 5;

/** The image's planes in the 3D view: their rims, by which they are dragged along their normals. */
export class PlaneGrips {
  /**
   * The plane under the mouse.
   * @type {Axis | null}
   */
  hovered = null;
  /** @type {{axis: Axis, from: number, x: number, y: number, along: [number, number]} | null} */ #drag = null;

  /** @param {VolumeView} volume @param {Store} store */
  constructor(volume, store) {
    this.volume = volume;
    this.store = store;
    volume.overlays.push((context, project) => this.#draw(context, project));
  }

  /** Whether a plane is being dragged. */
  get isDragging() {
    return this.#drag !== null;
  }

  /**
   * Whether a plane's rim is at a place.
   * @param {number} x
   * @param {number} y
   */
  hover(x, y) {
    const found = this.#at(x, y)?.axis ?? null;
    if (found !== this.hovered) {
      this.hovered = found;
      this.volume.drawOver();
    }
    return found !== null;
  }

  /**
   * Takes hold of the plane whose rim is at a place; whether there is one.
   * @param {number} x
   * @param {number} y
   */
  begin(x, y) {
    const grip = this.#at(x, y);
    if (!grip) return false;
    const { axis, place } = grip, voxel = this.store.scene.grid.voxel_um[axis], project = this.volume.projector();
    const [ax, ay] = project({ ...place, [axis]: place[axis] - voxel / 2 }), [bx, by] = project({ ...place, [axis]: place[axis] + voxel / 2 });
    const long = Math.hypot(bx - ax, by - ay);
    this.#drag = { axis, from: this.store.scene.slices[axis] ?? 0, x, y, along: long < SHORTEST ? [0, -PIXELS_A_PLANE] : [bx - ax, by - ay] };
    return true;
  }

  /** @param {number} x @param {number} y */
  drag(x, y) {
    if (!this.#drag) return;
    const { axis, from, along: [ax, ay] } = this.#drag, planes = ((x - this.#drag.x) * ax + (y - this.#drag.y) * ay) / (ax * ax + ay * ay);
    this.store.moveCursor({ ...this.store.scene.cursor, [axis]: from + planes });
  }

  end() {
    this.#drag = null;
  }

  /** @returns {{axis: Axis, corners: Point[]}[]} */
  #rims() {
    const { grid: { shape, voxel_um: v }, slices } = this.store.scene;
    return /** @type {Axis[]} */ (['z', 'y', 'x']).flatMap(axis => {
      const at = slices[axis];
      if (at === undefined || at === null) return [];
      const [a, b] = /** @type {Axis[]} */ (['z', 'y', 'x']).filter(other => other !== axis);
      const corner = (/** @type {number} */ i, /** @type {number} */ j) => /** @type {Point} */ ({ [axis]: (at + 0.5) * v[axis], [a]: i * shape[a] * v[a], [b]: j * shape[b] * v[b] });
      return [{ axis, corners: [corner(0, 0), corner(0, 1), corner(1, 1), corner(1, 0)] }];
    });
  }

  /** @param {number} x @param {number} y @returns {{axis: Axis, place: Point} | null} */
  #at(x, y) {
    const project = this.volume.projector();
    let best = null, nearest = REACH;
    for (const { axis, corners } of this.#rims()) {
      for (let n = 0; n < 4; n++) {
        const from = corners[n], to = corners[(n + 1) % 4], [ax, ay] = project(from), [bx, by] = project(to), length = (bx - ax) ** 2 + (by - ay) ** 2;
        const share = length > 0 ? Math.max(0, Math.min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0;
        const away = Math.hypot(ax + share * (bx - ax) - x, ay + share * (by - ay) - y);
        if (away >= nearest) continue;
        nearest = away;
        best = { axis, place: { z: from.z + share * (to.z - from.z), y: from.y + share * (to.y - from.y), x: from.x + share * (to.x - from.x) } };
      }
    }
    return best;
  }

  /** @param {CanvasRenderingContext2D} context @param {(at: Point) => [number, number]} project */
  #draw(context, project) {
    for (const { axis, corners } of this.#rims()) {
      const held = axis === (this.#drag?.axis ?? this.hovered);
      context.strokeStyle = COLORS[axis];
      context.globalAlpha = held ? 1 : 0.6;
      context.lineWidth = held ? 3 : 1.5;
      context.beginPath();
      corners.forEach((corner, n) => n === 0 ? context.moveTo(...project(corner)) : context.lineTo(...project(corner)));
      context.closePath();
      context.stroke();
    }
    context.globalAlpha = 1;
  }
}

/**
 * The plane that goes through a line drawn on the 3D view and away from the eye: where it cuts whatever lies behind the line.
 * @param {VolumeView} volume @param {Store} store
 * @param {[number, number]} from @param {[number, number]} to  pixels of the view
 * @returns {{at: Point, normal: Point}} a voxel on it, and its normal in micrometres
 */
export function planeBehind(volume, store, from, to) {
  const { camera, grid: { voxel_um: v } } = store.scene, [a, b] = [from, to].map(([x, y]) => rayOf(camera, volume.width, volume.height, x, y));
  const line = { z: b.at.z - a.at.z, y: b.at.y - a.at.y, x: b.at.x - a.at.x }, away = a.direction;
  return {
    at: { z: a.at.z / v.z - 0.5, y: a.at.y / v.y - 0.5, x: a.at.x / v.x - 0.5 },
    normal: { z: line.x * away.y - line.y * away.x, y: line.z * away.x - line.x * away.z, x: line.y * away.z - line.z * away.y },
  };
}
