import { context2d } from './tiles.js';
import { drawScaleBar, numberText } from './scale.js';

/** @typedef {import('./types.js').Plane} Plane */
/** @typedef {import('./types.js').Point} Point */
/** @typedef {import('./types.js').Shape} Shape */
/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./tiles.js').TileStore} TileStore */
/** @typedef {import('./tiles.js').Tile} Tile */

/**
 * Axes of a plane: to the right, down, and through it.
 * @type {Record<Plane, {right: 'z' | 'y' | 'x', down: 'z' | 'y' | 'x', through: 'z' | 'y' | 'x'}>}
 */
export const AXES = { xy: { right: 'x', down: 'y', through: 'z' }, xz: { right: 'x', down: 'z', through: 'y' }, zy: { right: 'z', down: 'y', through: 'x' } };
const COLORS = { z: '#7fb2ff', y: '#86e08c', x: '#ff9090' };
/** @type {('z' | 'y' | 'x')[]} */ const ORDER = ['z', 'y', 'x'];

/** From so many pixels a voxel on, outlines are lines rather than pixels. */
const CRISP = 2.5;

/** What the slices share: the point in the middle, in micrometres, and the enlargement. */
export class Sight {
  /** Pixels of the screen per micrometre; 0 before the first fit. */ zoom = 0;
  /** @type {Point} */ middle = { z: 0, y: 0, x: 0 };
}

/** One slice on a canvas: tiles of image and labels, outlines, cursor, scale bar, and whatever tools draw over it. */
export class SliceView {
  #dirty = false;
  #lastIndex = 0;
  /** @type {(() => void)[]} pictures of tiles that may be seen soon */ #paintings = [];
  /**
   * Tiles shown last, for places whose new tile is on its way.
   * @type {Map<string, Tile>}
   */
  #last = new Map();
  /** @type {((context: CanvasRenderingContext2D, view: SliceView) => void)[]} */ overlays = [];
  /**
   * Drawn over the image and under the labels.
   * @type {((context: CanvasRenderingContext2D, view: SliceView) => void)[]}
   */
  underlays = [];
  width = 1;
  height = 1;
  /** Milliseconds the last drawing took. */ milliseconds = 0;
  /** Whether the last drawing had every tile. */ isComplete = false;
  /** Version of the labels at the last drawing. */ drawnVersion = 0;

  /** @param {HTMLElement} element @param {Plane} plane @param {Store} store @param {TileStore} tiles @param {Sight} sight */
  constructor(element, plane, store, tiles, sight) {
    this.element = element;
    this.plane = plane;
    this.axes = AXES[plane];
    this.store = store;
    this.tiles = tiles;
    this.sight = sight;
    this.canvas = /** @type {HTMLCanvasElement} */ (element.querySelector('canvas'));
    this.context = context2d(this.canvas);
    new ResizeObserver(() => this.resize()).observe(element);
    this.resize();
  }

  /** The slice's place along its axis. */
  get index() {
    return this.store.scene.cursor[this.axes.through];
  }

  resize() {
    const box = this.element.getBoundingClientRect(), ratio = devicePixelRatio;
    [this.width, this.height] = [Math.max(1, box.width), Math.max(1, box.height)];
    this.canvas.width = Math.round(this.width * ratio);
    this.canvas.height = Math.round(this.height * ratio);
    if (box.width > 0 && this.sight.zoom === 0) this.fit();
    this.draw(true);
  }

  /** The enlargement that shows all of the slice. */
  fitZoom() {
    const { shape, voxel_um: voxel } = this.store.scene.grid, { right, down } = this.axes;
    return 0.96 * Math.min(this.width / (shape[right] * voxel[right]), this.height / (shape[down] * voxel[down]));
  }

  fit() {
    const { shape, voxel_um: voxel } = this.store.scene.grid;
    this.sight.zoom = this.fitZoom();
    this.sight.middle = { z: shape.z * voxel.z / 2, y: shape.y * voxel.y / 2, x: shape.x * voxel.x / 2 };
  }

  /**
   * Voxel coordinates (whole numbers are voxel centres) to pixels of the element.
   * @param {Point} at
   * @returns {[number, number]}
   */
  toScreen(at) {
    const { right, down } = this.axes, voxel = this.store.scene.grid.voxel_um, { zoom, middle } = this.sight;
    return [((at[right] + 0.5) * voxel[right] - middle[right]) * zoom + this.width / 2, ((at[down] + 0.5) * voxel[down] - middle[down]) * zoom + this.height / 2];
  }

  /** @param {number} x @param {number} y @returns {Point} */
  toVoxel(x, y) {
    const { right, down, through } = this.axes, voxel = this.store.scene.grid.voxel_um, { zoom, middle } = this.sight;
    const at = { z: 0, y: 0, x: 0 };
    at[right] = ((x - this.width / 2) / zoom + middle[right]) / voxel[right] - 0.5;
    at[down] = ((y - this.height / 2) / zoom + middle[down]) / voxel[down] - 0.5;
    at[through] = this.index;
    return at;
  }

  /** @param {Point} at */
  contains(at) {
    const shape = this.store.scene.grid.shape;
    return ORDER.every(a => at[a] >= -0.5 && at[a] < shape[a] - 0.5);
  }

  /** Pixels of the screen per voxel along x. */
  get pixelsPerVoxel() {
    return this.sight.zoom * this.store.scene.grid.voxel_um.x;
  }

  /** @param {number} factor @param {number} x @param {number} y */
  zoomAt(factor, x, y) {
    const { right, down } = this.axes, { sight } = this, before = sight.zoom;
    sight.zoom = Math.max(this.fitZoom() * 0.4, Math.min(before * factor, 120 / this.store.scene.grid.voxel_um.x));
    sight.middle[right] += (x - this.width / 2) * (1 / before - 1 / sight.zoom);
    sight.middle[down] += (y - this.height / 2) * (1 / before - 1 / sight.zoom);
  }

  /** @param {number} dx @param {number} dy */
  panBy(dx, dy) {
    const { right, down } = this.axes;
    this.sight.middle[right] -= dx / this.sight.zoom;
    this.sight.middle[down] -= dy / this.sight.zoom;
  }

  /**
   * Draws before the next frame.
   * @param {boolean} [now]
   */
  draw(now = false) {
    if (now) return this.#paint();
    if (this.#dirty) return;
    this.#dirty = true;
    requestAnimationFrame(() => { this.#dirty = false; this.#paint(); });
  }

  /**
   * The tiles in sight of a layer.
   * @param {Shape} shape @param {Shape} stride
   */
  #grid(shape, stride) {
    const { right, down, through } = this.axes, voxel = this.store.scene.grid.voxel_um, { zoom, middle } = this.sight;
    const of = (/** @type {'z' | 'y' | 'x'} */ axis) => ORDER.indexOf(axis);
    const pixel = { right: voxel[right] * stride[of(right)], down: voxel[down] * stride[of(down)] };      // um of a pixel as held
    const finest = Math.min(pixel.right, pixel.down) * zoom * devicePixelRatio;
    const [columns, rows] = [shape[of(right)], shape[of(down)]], side = this.store.info.tile;
    const most = Math.max(0, Math.ceil(Math.log2(Math.max(columns, rows) / side)));
    const level = Math.max(0, Math.min(most, Math.floor(Math.log2(1 / finest) + 0.25)));
    const step = 2 ** level, width = Math.ceil(columns / step), height = Math.ceil(rows / step);
    const tile = { right: side * step * pixel.right, down: side * step * pixel.down };                   // um of a tile
    const low = { right: middle[right] - this.width / 2 / zoom, down: middle[down] - this.height / 2 / zoom };
    const first = (/** @type {number} */ from, /** @type {number} */ size) => Math.max(0, Math.floor(from / size));
    return {
      level, width, height, pixel: { right: pixel.right * step, down: pixel.down * step }, index: Math.min(shape[of(through)] - 1, Math.floor(this.index / stride[of(through)])),
      left: first(low.right, tile.right), right: Math.min(Math.ceil(width / side) - 1, Math.floor((low.right + this.width / zoom) / tile.right)),
      top: first(low.down, tile.down), bottom: Math.min(Math.ceil(height / side) - 1, Math.floor((low.down + this.height / zoom) / tile.down)),
    };
  }

  // the planes before and behind are here, and painted, before one goes there; more of them where one is going
  #expect() {
    const { info, scene } = this.store, ahead = this.index >= this.#lastIndex ? 1 : -1;
    this.#lastIndex = this.index;
    /** @type {(() => void)[]} */ const paintings = [];
    for (const by of [ahead, -ahead, 2 * ahead, 3 * ahead]) {
      for (const layer of [-1, ...scene.images.keys()]) {
        const [shape, stride] = layer < 0 ? [info.label_shape, info.label_stride] : [info.image_shape, info.image_stride];
        if (!shape || !stride || !(layer < 0 ? scene.labels?.is_visible : scene.images[layer].is_visible)) continue;
        const grid = this.#grid(shape, stride), index = grid.index + by;
        if (index < 0 || index >= shape[ORDER.indexOf(this.axes.through)]) continue;
        for (let row = grid.top; row <= grid.bottom; row++) {
          for (let column = grid.left; column <= grid.right; column++) {
            const tile = this.tiles.expect(layer, scene.time, this.plane, index, grid.level, row, column, grid);
            if (tile) paintings.push(() => this.#paintTile(layer, tile));
          }
        }
      }
    }
    // one at a time, when the page has nothing else to do
    const next = () => {
      if (paintings !== this.#paintings) return;                            // one went on: others are expected
      paintings.shift()?.();
      if (paintings.length > 0) whenIdle(next);
    };
    this.#paintings = paintings;
    if (paintings.length > 0) whenIdle(next);
  }

  /** @param {number} layer @param {Tile} tile */
  #paintTile(layer, tile) {
    if (layer < 0) this.tiles.paintLabels(tile, this.#look());
    else this.tiles.paintImage(tile, layer, this.store.scene.images[layer]);
  }

  // changes when cells look different
  #look() {
    return `${this.store.colorVersion} ${this.store.lookVersion}`;
  }

  /** @param {number} layer @param {Shape} shape @param {Shape} stride @param {(tile: Tile, draw: (picture: CanvasImageSource) => void) => void} paint */
  #each(layer, shape, stride, paint) {
    const grid = this.#grid(shape, stride), side = this.store.info.tile, { context } = this, { zoom, middle } = this.sight, { right, down } = this.axes;
    const time = this.store.scene.time;
    context.imageSmoothingEnabled = Math.min(grid.pixel.right, grid.pixel.down) * zoom < 1.5;
    for (let row = grid.top; row <= grid.bottom; row++) {
      for (let column = grid.left; column <= grid.right; column++) {
        const place = `${layer} ${grid.level} ${row} ${column}`;
        const fresh = this.tiles.get(layer, time, this.plane, grid.index, grid.level, row, column, grid);
        if (fresh) this.#last.set(place, fresh);
        if (!fresh) this.isComplete = false;
        const tile = fresh ?? this.#last.get(place);
        if (!tile) continue;
        const x = (column * side * grid.pixel.right - middle[right]) * zoom + this.width / 2, y = (row * side * grid.pixel.down - middle[down]) * zoom + this.height / 2;
        paint(tile, picture => context.drawImage(picture, x, y, tile.width * grid.pixel.right * zoom, tile.height * grid.pixel.down * zoom));
      }
    }
    return grid;
  }

  #paint() {
    if (this.element.offsetParent === null) return;
    const start = performance.now(), { context, store } = this, { info, scene } = store;
    this.isComplete = true;
    this.drawnVersion = store.labelVersion;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.globalCompositeOperation = 'source-over';
    context.globalAlpha = 1;
    context.fillStyle = '#06080c';
    context.fillRect(0, 0, this.width, this.height);
    const { shape, voxel_um: voxel } = scene.grid, { right, down } = this.axes;
    const [x0, y0] = this.toScreen({ z: -0.5, y: -0.5, x: -0.5 });
    context.fillStyle = '#000';
    context.fillRect(x0, y0, shape[right] * voxel[right] * this.sight.zoom, shape[down] * voxel[down] * this.sight.zoom);
    if (info.image_shape && info.image_stride) {
      const { image_shape, image_stride } = info;
      context.globalCompositeOperation = 'lighter';                          // channels add as light does
      scene.images.forEach((layer, c) => {
        if (layer.is_visible) this.#each(c, image_shape, image_stride, (tile, draw) => draw(this.tiles.paintImage(tile, c, layer)));
      });
      context.globalCompositeOperation = 'source-over';
    }
    for (const underlay of this.underlays) underlay(context, this);
    if (info.label_shape && info.label_stride && scene.labels?.is_visible) this.#labels(info.label_shape, info.label_stride);
    if (info.compared && store.showsCompared) this.#compared(info.compared.shape, info.compared.stride);
    if (this.#last.size > 400) this.#last.clear();
    for (const overlay of this.overlays) overlay(context, this);
    this.#cursor();
    drawScaleBar(context, this.width, this.height, this.sight.zoom);
    this.milliseconds = performance.now() - start;
    if (this.isComplete) this.#expect();
  }

  /** @param {Shape} shape @param {Shape} stride */
  #labels(shape, stride) {
    const { context, store } = this, layer = store.scene.labels;
    if (!layer) return;
    const look = this.#look();
    this.#each(-1, shape, stride, (tile, draw) => {
      this.tiles.paintLabels(tile, look);
      if (tile.fill && layer.slice_opacity > 0) {
        context.globalAlpha = layer.slice_opacity;
        draw(tile.fill);
      }
      if (tile.lines && layer.outline_width > 0 && this.pixelsPerVoxel < CRISP) {
        context.globalAlpha = 0.95;
        draw(tile.lines);
      }
      context.globalAlpha = 1;
    });
    const pixels = this.pixelsPerVoxel;
    if (layer.outline_width > 0 && pixels >= CRISP) this.#crispLines(shape, stride, layer.outline_width);
    if (store.hovered) this.#lines(shape, stride, id => id === store.hovered ? '#ffffff' : null, 1.6);
  }

  // the outlines of other labels, in one colour over those of the labels
  /** @param {Shape} shape @param {Shape} stride */
  #compared(shape, stride) {
    const isCrisp = this.pixelsPerVoxel >= CRISP;
    this.#each(-2, shape, stride, (tile, draw) => { if (!isCrisp) draw(this.tiles.paintBorders(tile, 0xff5cf1ff)); });
    if (isCrisp) this.#lines(shape, stride, () => '#fff15c', 1.5, -2);
  }

  // outlines as lines between pixels, which stay thin however far one comes near
  /** @param {Shape} shape @param {Shape} stride @param {number} width */
  #crispLines(shape, stride, width) {
    this.#lines(shape, stride, id => this.store.look(id) === 'none' ? null : this.store.selected.has(id) ? '#ffffff' : this.store.cssColor(id), width);
  }

  /** @param {Shape} shape @param {Shape} stride @param {(id: number) => string | null} color @param {number} width @param {number} [layer] */
  #lines(shape, stride, color, width, layer = -1) {
    const grid = this.#grid(shape, stride), side = this.store.info.tile, { context } = this, { zoom, middle } = this.sight, { right, down } = this.axes;
    /** @type {Map<string, Path2D>} */ const paths = new Map();
    const [stepX, stepY] = [grid.pixel.right * zoom, grid.pixel.down * zoom];
    for (let row = grid.top; row <= grid.bottom; row++) {
      for (let column = grid.left; column <= grid.right; column++) {
        const tile = this.tiles.get(layer, this.store.scene.time, this.plane, grid.index, grid.level, row, column, grid, true);
        const ids = tile?.ids;
        if (!tile || !ids) continue;
        const x0 = (column * side * grid.pixel.right - middle[right]) * zoom + this.width / 2, y0 = (row * side * grid.pixel.down - middle[down]) * zoom + this.height / 2;
        const [left, top] = [Math.max(0, Math.floor(-x0 / stepX)), Math.max(0, Math.floor(-y0 / stepY))];
        const [end, bottom] = [Math.min(tile.width, Math.ceil((this.width - x0) / stepX)), Math.min(tile.height, Math.ceil((this.height - y0) / stepY))];
        let last = 0;
        /** @type {Path2D | null} */ let path = null;
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < end; x++) {
            const n = y * tile.width + x, id = ids[n];
            if (id === 0) continue;
            if (id !== last) {
              last = id;
              const c = color(id);
              path = c === null ? null : paths.get(c) ?? (paths.set(c, new Path2D()), paths.get(c)) ?? null;
            }
            if (!path) continue;
            const [px, py] = [x0 + x * stepX, y0 + y * stepY];
            if (x === 0 ? column === 0 : ids[n - 1] !== id) { path.moveTo(px, py); path.lineTo(px, py + stepY); }
            if (x < tile.width - 1 ? ids[n + 1] !== id : (column + 1) * side >= grid.width) { path.moveTo(px + stepX, py); path.lineTo(px + stepX, py + stepY); }
            if (y === 0 ? row === 0 : ids[n - tile.width] !== id) { path.moveTo(px, py); path.lineTo(px + stepX, py); }
            if (y < tile.height - 1 ? ids[n + tile.width] !== id : (row + 1) * side >= grid.height) { path.moveTo(px, py + stepY); path.lineTo(px + stepX, py + stepY); }
          }
        }
      }
    }
    context.lineCap = 'square';
    for (const [c, path] of paths) {
      context.strokeStyle = c;
      context.lineWidth = c === '#ffffff' ? width + 0.6 : width;
      context.stroke(path);
    }
  }

  /**
   * Every pixel of the labels in sight that is here, with its middle on the screen.
   * @param {(id: number, x: number, y: number) => void} visit
   */
  eachPixel(visit) {
    const { label_shape: shape, label_stride: stride, tile: side } = this.store.info;
    if (!shape || !stride) return;
    const grid = this.#grid(shape, stride), { zoom, middle } = this.sight, { right, down } = this.axes;
    for (let row = grid.top; row <= grid.bottom; row++) {
      for (let column = grid.left; column <= grid.right; column++) {
        const tile = this.tiles.get(-1, this.store.scene.time, this.plane, grid.index, grid.level, row, column, grid, true);
        if (!tile?.ids) continue;
        for (let y = 0, n = 0; y < tile.height; y++) {
          const sy = ((row * side + y + 0.5) * grid.pixel.down - middle[down]) * zoom + this.height / 2;
          for (let x = 0; x < tile.width; x++, n++) visit(tile.ids[n], ((column * side + x + 0.5) * grid.pixel.right - middle[right]) * zoom + this.width / 2, sy);
        }
      }
    }
  }

  #cursor() {
    const { context } = this, { right, down } = this.axes, shape = this.store.scene.grid.shape;
    if (shape.z === 1) return;
    const [x, y] = this.toScreen(this.store.scene.cursor).map(v => Math.round(v) + 0.5), gap = 9;
    context.lineWidth = 1;
    context.globalAlpha = 0.65;
    for (const [axis, lines] of /** @type {['z' | 'y' | 'x', number[][]][]} */ ([[right, [[x, 0, x, y - gap], [x, y + gap, x, this.height]]], [down, [[0, y, x - gap, y], [x + gap, y, this.width, y]]]])) {
      context.strokeStyle = COLORS[axis];
      context.beginPath();
      for (const [ax, ay, bx, by] of lines) { context.moveTo(ax, ay); context.lineTo(bx, by); }
      context.stroke();
    }
    context.globalAlpha = 1;
  }

  /**
   * The cell and the intensities at a place, as far as they are here.
   * @param {Point} at
   * @returns {{id: number | null, values: string[]}}
   */
  read(at) {
    const { info, scene } = this.store;
    let id = null;
    if (info.label_shape && info.label_stride && scene.labels) id = this.#sample(-1, info.label_shape, info.label_stride, at)?.id ?? null;
    /** @type {string[]} */ const values = [];
    if (info.image_shape && info.image_stride) {
      const { image_shape, image_stride } = info;
      scene.images.forEach((layer, c) => {
        if (!layer.is_visible) return;
        const found = this.#sample(c, image_shape, image_stride, at);
        if (found) values.push(`${layer.name}: ${found.level > 0 ? '≈ ' : ''}${intensityText(found.value, found.step)}`);
      });
    }
    return { id, values };
  }

  /** @param {number} layer @param {Shape} shape @param {Shape} stride @param {Point} at */
  #sample(layer, shape, stride, at) {
    const grid = this.#grid(shape, stride), side = this.store.info.tile, { right, down } = this.axes;
    for (let level = 0; level <= grid.level; level++) {
      const step = 2 ** level, x = Math.floor((at[right] + 0.5) / stride[ORDER.indexOf(right)] / step), y = Math.floor((at[down] + 0.5) / stride[ORDER.indexOf(down)] / step);
      const tile = this.tiles.get(layer, this.store.scene.time, this.plane, grid.index, level, Math.floor(y / side), Math.floor(x / side), grid, true);
      if (!tile) continue;
      const n = (y % side) * tile.width + x % side;
      if (tile.ids) return { id: tile.ids[n], value: 0, step: 0, level };
      const [low, high] = tile.range, unit = (high - low) / 65535;
      if (tile.steps) return { id: 0, value: low + tile.steps[n] * unit, step: unit, level };
    }
    return null;
  }
}

/** @param {() => void} work */
function whenIdle(work) {
  // not every browser has it
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 500 });
  else setTimeout(work, 30);
}

/**
 * Intensities are held in 65,536 steps: whole numbers are told as such where the steps are fine enough.
 * @param {number} value
 * @param {number} step
 */
function intensityText(value, step) {
  return Math.abs(value - Math.round(value)) <= step / 2 + 1e-9 ? String(Math.round(value)) : numberText(value);
}
