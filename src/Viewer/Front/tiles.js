import { getBytes } from './net.js';

/** @typedef {import('./types.js').Plane} Plane */
/** @typedef {import('./types.js').ImageLayer} ImageLayer */
/** @typedef {import('./store.js').Store} Store */

/**
 * A square piece of one layer of one slice.
 * @typedef {object} Tile
 * @property {string} key
 * @property {number} width
 * @property {number} height
 * @property {Uint16Array | null} steps   intensities, 0 to 65535 over the range
 * @property {Uint32Array | null} ids
 * @property {[number, number]} range
 * @property {HTMLCanvasElement | null} fill   as last painted
 * @property {HTMLCanvasElement | null} lines
 * @property {string} painted   what the canvases show
 * @property {number} version   of the labels
 * @property {number} [echo]   the last edit, not yet answered, that was drawn in
 * @property {[number, number, number, number] | null} [dirty]   part that was drawn in since: left, top, right, bottom
 */

const MOST_TILES = 600;
const ABREAST = 6;

/** Tiles that were fetched, those used last; and those on their way, the newest wish first. */
export class TileStore {
  /** @type {Map<string, Tile>} */ #held = new Map();
  /** @type {Map<string, {path: string, wish: number, width: number, height: number, version: number}>} */ #wanted = new Map();
  /** Version of what is on its way. @type {Map<string, number>} */ #coming = new Map();
  #wish = 0;
  /**
   * Draws into a tile that has just come what the server did not know yet.
   * @type {(tile: Tile) => void}
   */
  decorate = () => {};

  /** @param {Store} store @param {() => void} arrived */
  constructor(store, arrived) {
    this.store = store;
    this.arrived = arrived;
    /** @type {Map<number, {key: string, table: Uint32Array}>} */ this.tables = new Map();
  }

  /** Whether everything asked for is here. */
  get isQuiet() {
    return this.#wanted.size === 0 && this.#coming.size === 0;
  }

  /**
   * A tile, or null while it is on its way. `layer` is a channel's number, -1 for labels, or -2 for those compared with.
   * @param {number} layer @param {number} time @param {Plane} plane @param {number} index @param {number} level @param {number} row @param {number} column
   * @param {{width: number, height: number}} size  pixels of the slice at that level
   * @param {boolean} [peek]  do not fetch it
   * @returns {Tile | null}
   */
  get(layer, time, plane, index, level, row, column, size, peek = false) {
    const path = this.#path(layer, time, plane, index, level, row, column);
    const tile = this.#held.get(path) ?? null;
    const version = layer === -1 ? this.store.labelVersion : 0;
    if (tile) {
      this.#held.delete(path);
      this.#held.set(path, tile);
    }
    if ((!tile || tile.version < version) && !peek && (this.#coming.get(path) ?? -1) < version) {
      const side = this.store.info.tile;
      this.#wanted.set(path, { path, wish: ++this.#wish, version, width: Math.min(side, size.width - column * side), height: Math.min(side, size.height - row * side) });
      this.#fetch();
    }
    return tile;
  }

  /** @param {number} layer @param {number} time @param {Plane} plane @param {number} index @param {number} level @param {number} row @param {number} column */
  #path(layer, time, plane, index, level, row, column) {
    const data = layer === -1 ? `labels/${time}` : layer === -2 ? `compared/${this.store.info.compared?.version}/${time}` : `image/${time}/${layer}`;
    return `${data}/${plane}/${index}/${level}/${row}/${column}`;
  }

  /**
   * A tile that may be wanted soon; where it is not here it is fetched, once there is nothing better to do.
   * @param {number} layer @param {number} time @param {Plane} plane @param {number} index @param {number} level @param {number} row @param {number} column
   * @param {{width: number, height: number}} size
   * @returns {Tile | null}
   */
  expect(layer, time, plane, index, level, row, column, size) {
    const path = this.#path(layer, time, plane, index, level, row, column);
    const tile = this.#held.get(path);
    if (tile || this.#wanted.has(path) || this.#coming.has(path)) return tile ?? null;
    const side = this.store.info.tile;
    this.#wanted.set(path, { path, wish: -1, version: layer === -1 ? this.store.labelVersion : 0, width: Math.min(side, size.width - column * side), height: Math.min(side, size.height - row * side) });
    this.#fetch();
    return null;
  }

  /** Forgets what was asked for and not begun: the views moved on. */
  forgetWishes() {
    this.#wanted.clear();
  }

  /**
   * Tiles of labels of a slice that are held.
   * @param {number} time
   * @param {Plane} plane
   * @param {number} index
   * @returns {Tile[]}
   */
  labelsOf(time, plane, index) {
    const start = `labels/${time}/${plane}/${index}/`;
    return [...this.#held.values()].filter(t => t.key.startsWith(start));
  }

  /**
   * Labels changed in boxes: tiles there are fetched again when they are next seen.
   * @param {{time: number, box: {z: number, y: number, x: number, depth: number, height: number, width: number}}[]} boxes
   * @param {number} version
   */
  outdate(boxes, version) {
    const { tile: side, label_stride: stride } = this.store.info, [sz, sy, sx] = stride ?? [1, 1, 1];
    for (const tile of this.#held.values()) {
      const [kind, time, plane, index, level, row, column] = tile.key.split('/');
      if (kind !== 'labels') continue;
      const step = side * 2 ** Number(level), [top, left] = [Number(row) * step, Number(column) * step];
      const touched = boxes.some(({ time: t, box }) => {
        if (t !== Number(time)) return false;
        const [through, deep, down, high, right, wide] = plane === 'xy' ? [box.z / sz, box.depth / sz, box.y / sy, box.height / sy, box.x / sx, box.width / sx]
          : plane === 'xz' ? [box.y / sy, box.height / sy, box.z / sz, box.depth / sz, box.x / sx, box.width / sx]
          : [box.x / sx, box.width / sx, box.y / sy, box.height / sy, box.z / sz, box.depth / sz];
        return Number(index) >= Math.floor(through) && Number(index) < through + deep && down < top + step && down + high > top && right < left + step && right + wide > left;
      });
      if (!touched && tile.version === version - 1) tile.version = version;
    }
  }

  /** Fetches all labels again when they are next seen. */
  forgetLabels() {
    for (const tile of this.#held.values()) if (tile.ids) tile.version = -Infinity;
  }

  /**
   * Fetches again what an edit was drawn into before it was answered.
   * @param {number} answered
   */
  forgetEchoes(answered) {
    for (const tile of this.#held.values()) {
      if (!tile.echo || tile.echo > answered) continue;
      tile.version = -Infinity;
      tile.echo = 0;
    }
  }

  #fetch() {
    while (this.#coming.size < ABREAST && this.#wanted.size > 0) {
      let next = null;
      for (const wish of this.#wanted.values()) {
        if ((!next || wish.wish > next.wish) && !this.#coming.has(wish.path)) next = wish;
      }
      if (!next) return;
      this.#wanted.delete(next.path);
      this.#coming.set(next.path, next.version);
      void this.#load(next);
    }
  }

  /** @param {{path: string, width: number, height: number, version: number}} wish */
  async #load({ path, width, height, version }) {
    try {
      const { bytes, range } = await getBytes(path);
      const isLabels = !path.startsWith('image/');
      /** @type {Tile} */ const tile = {
        key: path, width, height, range, version,
        steps: isLabels ? null : new Uint16Array(bytes), ids: isLabels ? new Uint32Array(bytes) : null, fill: null, lines: null, painted: '',
      };
      if (path.startsWith('labels/')) this.decorate(tile);
      this.#held.set(path, tile);
      for (const old of this.#held.keys()) {
        if (this.#held.size <= MOST_TILES) break;
        this.#held.delete(old);
      }
    } catch (error) {
      console.warn(`tile ${path}: ${error}`);
    } finally {
      this.#coming.delete(path);
      this.#fetch();
      this.arrived();
    }
  }

  /**
   * The tile's picture in its layer's colours.
   * @param {Tile} tile
   * @param {number} channel
   * @param {ImageLayer} layer
   * @returns {HTMLCanvasElement}
   */
  paintImage(tile, channel, layer) {
    const [low, high] = tile.range;
    const key = `${layer.lut} ${layer.low} ${layer.high} ${layer.gamma} ${layer.opacity} ${low} ${high}`;
    if (tile.fill && tile.painted === key) return tile.fill;
    let cached = this.tables.get(channel);
    if (cached?.key !== key) this.tables.set(channel, cached = { key, table: lookup(this.store.info.luts[layer.lut] ?? this.store.info.luts.gray, layer, low, high) });
    const canvas = tile.fill ?? canvasOf(tile.width, tile.height), context = context2d(canvas), picture = context.createImageData(tile.width, tile.height);
    const out = new Uint32Array(picture.data.buffer), steps = tile.steps ?? new Uint16Array(out.length), table = cached.table;
    for (let n = 0; n < out.length; n++) out[n] = table[steps[n]];
    context.putImageData(picture, 0, 0);
    tile.fill = canvas;
    tile.painted = key;
    return canvas;
  }

  /**
   * The borders of a tile's cells in one colour.
   * @param {Tile} tile
   * @param {number} color  0xaabbggrr
   * @returns {HTMLCanvasElement}
   */
  paintBorders(tile, color) {
    if (tile.lines) return tile.lines;
    const { width, height } = tile, ids = tile.ids ?? new Uint32Array(width * height), lines = canvasOf(width, height), context = context2d(lines), picture = context.createImageData(width, height);
    const out = new Uint32Array(picture.data.buffer);
    for (let y = 0, n = 0; y < height; y++) {
      for (let x = 0; x < width; x++, n++) {
        const id = ids[n];
        if (id !== 0 && ((x > 0 && ids[n - 1] !== id) || (x < width - 1 && ids[n + 1] !== id) || (y > 0 && ids[n - width] !== id) || (y < height - 1 && ids[n + width] !== id))) out[n] = color;
      }
    }
    context.putImageData(picture, 0, 0);
    return tile.lines = lines;
  }

  /**
   * The tile's cells, filled and as outlines.
   * @param {Tile} tile
   * @param {string} look  changes when cells look different
   */
  paintLabels(tile, look) {
    const whole = !tile.fill || !tile.lines || tile.painted !== look;
    if (!whole && !tile.dirty) return;
    const { width, height } = tile, ids = tile.ids ?? new Uint32Array(width * height);
    // a stroke changes a small part: with one pixel around it, for the outlines
    const [left, top, right, bottom] = whole || !tile.dirty ? [0, 0, width - 1, height - 1]
      : [Math.max(0, tile.dirty[0] - 1), Math.max(0, tile.dirty[1] - 1), Math.min(width - 1, tile.dirty[2] + 1), Math.min(height - 1, tile.dirty[3] + 1)];
    const fill = tile.fill ?? canvasOf(width, height), lines = tile.lines ?? canvasOf(width, height), wide = right - left + 1, high = bottom - top + 1;
    const fillContext = context2d(fill), lineContext = context2d(lines);
    const fillPicture = fillContext.createImageData(wide, high), linePicture = lineContext.createImageData(wide, high);
    const filled = new Uint32Array(fillPicture.data.buffer), lined = new Uint32Array(linePicture.data.buffer);
    const { colors, selected, scene } = this.store, ghost = Math.round(255 * (scene.labels?.ghost ?? 0));
    let last = 0, inside = 0, edge = 0;
    for (let y = top, out = 0; y <= bottom; y++) {
      for (let x = left, n = y * width + left; x <= right; x++, n++, out++) {
        const id = ids[n];
        if (id === 0) continue;
        if (id !== last) {
          last = id;
          const look = this.store.look(id), color = colors.get(id) ?? 0xff969696;
          inside = look === 'own' ? color : look === 'ghost' ? (color & 0xffffff | ghost << 24) >>> 0 : 0;
          edge = look === 'none' ? 0 : selected.has(id) ? 0xffffffff : look === 'ghost' ? inside : color;
        }
        filled[out] = inside;
        if (edge !== 0 && ((x > 0 && ids[n - 1] !== id) || (x < width - 1 && ids[n + 1] !== id) || (y > 0 && ids[n - width] !== id) || (y < height - 1 && ids[n + width] !== id))) lined[out] = edge;
      }
    }
    fillContext.putImageData(fillPicture, left, top);
    lineContext.putImageData(linePicture, left, top);
    tile.dirty = null;
    tile.fill = fill;
    tile.lines = lines;
    tile.painted = look;
  }
}

/** @param {string[]} lut @param {ImageLayer} layer @param {number} low @param {number} high @returns {Uint32Array} */
function lookup(lut, layer, low, high) {
  const colors = lut.map(c => {
    const [r, g, b] = [1, 3, 5].map(at => Math.round(parseInt(c.slice(at, at + 2), 16) * layer.opacity));
    return (0xff000000 | b << 16 | g << 8 | r) >>> 0;
  });
  const table = new Uint32Array(65536), step = (high - low) / 65535;
  for (let v = 0; v < 65536; v++) {
    const share = Math.max(0, Math.min(1, (low + v * step - layer.low) / (layer.high - layer.low)));
    table[v] = colors[Math.round(255 * share ** layer.gamma)];
  }
  return table;
}

/** @param {number} width @param {number} height */
function canvasOf(width, height) {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

/** @param {HTMLCanvasElement} canvas @returns {CanvasRenderingContext2D} */
export function context2d(canvas) {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('this browser has no 2D canvas.');
  return context;
}
