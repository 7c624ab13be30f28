import { context2d } from './tiles.js';
import { drawScaleBar } from './scale.js';
import { fit, orbit, pan, projector } from './camera.js';

/** @typedef {import('./types.js').Point} Point */
/** @typedef {import('./types.js').Camera} Camera */
/** @typedef {import('./store.js').Store} Store */

const MOST_PIXELS = 1_400_000;

/** The 3D view: pictures come from the server, what is drawn over them is drawn here, and the ids under the mouse are known here. */
export class VolumeView {
  width = 1;
  height = 1;
  /** @type {Uint32Array | null} */ #ids = null;
  #idWidth = 0;
  #idHeight = 0;
  #shown = 0;
  #sending = false;
  /** @type {Camera | null} the camera that is sent next */ #moved = null;
  #sized = '';
  /** @type {Map<number, (answer: {id: number | null, voxel: Point | null}) => void>} */ #asked = new Map();
  #questions = 0;
  /** @type {((context: CanvasRenderingContext2D, project: (at: Point) => [number, number], view: VolumeView) => void)[]} */ overlays = [];
  /**
   * When the last pictures were shown.
   * @type {number[]}
   */
  times = [];
  /** @type {{number: number, width: number, milliseconds: number} | null} */ last = null;

  /** @param {HTMLElement} element @param {Store} store */
  constructor(element, store) {
    this.element = element;
    this.store = store;
    this.canvas = /** @type {HTMLCanvasElement} */ (element.querySelector('.picture'));
    this.over = /** @type {HTMLCanvasElement} */ (element.querySelector('.over'));
    new ResizeObserver(() => this.resize()).observe(element);
    this.resize();
    store.on('camera cursor time labels hover', () => this.drawOver());
  }

  resize() {
    const box = this.element.getBoundingClientRect();
    const visible = box.width > 0 && this.store.info.renderer !== null;
    [this.width, this.height] = [Math.max(1, box.width), Math.max(1, box.height)];
    this.over.width = Math.round(this.width * devicePixelRatio);
    this.over.height = Math.round(this.height * devicePixelRatio);
    const ratio = Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / (this.width * this.height)));
    const size = visible ? { ask: 'size', width: Math.round(this.width * ratio), height: Math.round(this.height * ratio) } : { ask: 'size', width: 0, height: 0 };
    if (this.#sized !== JSON.stringify(size)) this.store.send(size);
    this.#sized = JSON.stringify(size);
    this.drawOver();
  }

  /** Asks for pictures again, after an interruption. */
  reconnect() {
    this.#sized = '';
    this.#shown = 0;
    this.resize();
  }

  /** @param {{number: number, width: number, height: number, milliseconds: number}} header @param {Uint8Array} jpeg @param {Uint8Array} packed */
  async show(header, jpeg, packed) {
    const bitmap = await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' }));
    if (header.number >= this.#shown) {
      this.#shown = header.number;
      this.last = header;
      if (this.canvas.width !== header.width || this.canvas.height !== header.height) [this.canvas.width, this.canvas.height] = [header.width, header.height];
      context2d(this.canvas).drawImage(bitmap, 0, 0);
      this.times = [...this.times.slice(-20), performance.now()];
    }
    bitmap.close();
    this.store.send({ ask: 'shown', number: header.number });
    if (packed.length > 0) {
      const ids = await inflate(packed);
      if (header.number === this.#shown) [this.#ids, this.#idWidth, this.#idHeight] = [ids, header.width, header.height];
    } else {
      this.#ids = null;                                                      // a small picture: the ids are of another view
    }
    this.store.emit('picture');
  }

  /** Pictures a second over the last few. */
  get rate() {
    const recent = this.times.filter(t => performance.now() - t < 2000);
    return recent.length < 2 ? 0 : 1000 * (recent.length - 1) / (recent[recent.length - 1] - recent[0]);
  }

  /**
   * The cell under the mouse; null while the picture moves.
   * @param {number} x
   * @param {number} y
   * @returns {number | null}
   */
  idAt(x, y) {
    if (!this.#ids) return null;
    const [i, j] = [Math.floor(x / this.width * this.#idWidth), Math.floor(y / this.height * this.#idHeight)];
    return i < 0 || j < 0 || i >= this.#idWidth || j >= this.#idHeight ? null : this.#ids[j * this.#idWidth + i];
  }

  /**
   * What is under a place, with the place in the volume.
   * @param {number} x
   * @param {number} y
   * @returns {Promise<{id: number | null, voxel: Point | null}>}
   */
  pick(x, y) {
    const number = ++this.#questions, size = JSON.parse(this.#sized || '{"width":0,"height":0}');
    this.store.send({ ask: 'pick', number, x: Math.floor(x / this.width * size.width), y: Math.floor(y / this.height * size.height) });
    return new Promise(resolve => this.#asked.set(number, resolve));
  }

  /** @param {{number: number, id: number | null, voxel: Point | null}} answer */
  picked(answer) {
    this.#asked.get(answer.number)?.(answer);
    this.#asked.delete(answer.number);
  }

  /**
   * Moves the camera here at once, and tells the server once a frame.
   * @param {Camera} camera
   */
  move(camera) {
    this.store.apply({ do: 'camera', camera });
    this.#moved = camera;
    if (this.#sending) return;
    this.#sending = true;
    requestAnimationFrame(() => {
      this.#sending = false;
      this.store.run({ do: 'camera', camera: this.#moved });
    });
  }

  /** @param {number} dx @param {number} dy */
  rotate(dx, dy) {
    this.move(orbit(this.store.scene.camera, dx * 0.45, dy * 0.45));
  }

  /** @param {number} dx @param {number} dy */
  panBy(dx, dy) {
    this.move(pan(this.store.scene.camera, dx / this.height, dy / this.height));
  }

  /** @param {number} factor */
  zoom(factor) {
    const camera = this.store.scene.camera;
    this.move({ ...camera, height_um: camera.height_um / factor });
  }

  /**
   * All of the volume.
   * @param {Partial<Camera>} [direction]
   */
  fit(direction = {}) {
    const { shape, voxel_um: v } = this.store.scene.grid;
    this.move(fit({ ...this.store.scene.camera, ...direction }, { z: shape.z * v.z, y: shape.y * v.y, x: shape.x * v.x }, this.width / this.height));
  }

  /** From micrometres to pixels of the view. */
  projector() {
    return projector(this.store.scene.camera, this.width, this.height);
  }

  drawOver() {
    const context = context2d(this.over), { scene } = this.store, { shape, voxel_um: v } = scene.grid, camera = scene.camera;
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    const project = this.projector();
    const at = (/** @type {number} */ z, /** @type {number} */ y, /** @type {number} */ x) => project({ z: z * v.z, y: y * v.y, x: x * v.x });
    context.strokeStyle = 'rgba(150, 170, 200, .22)';
    context.lineWidth = 1;
    context.beginPath();
    for (let n = 0; n < 8; n++) {
      for (const bit of [1, 2, 4]) {
        if (n & bit) continue;
        const corner = (/** @type {number} */ m) => at(m & 4 ? shape.z : 0, m & 2 ? shape.y : 0, m & 1 ? shape.x : 0);
        context.moveTo(...corner(n));
        context.lineTo(...corner(n | bit));
      }
    }
    context.stroke();
    const c = scene.cursor, reach = 0.04 * Math.max(shape.x * v.x, shape.y * v.y);
    for (const [axis, color] of /** @type {['z' | 'y' | 'x', string][]} */ ([['x', '#ff9090'], ['y', '#86e08c'], ['z', '#7fb2ff']])) {
      const middle = { z: (c.z + 0.5) * v.z, y: (c.y + 0.5) * v.y, x: (c.x + 0.5) * v.x };
      context.strokeStyle = color;
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(...project({ ...middle, [axis]: middle[axis] - reach }));
      context.lineTo(...project({ ...middle, [axis]: middle[axis] + reach }));
      context.stroke();
    }
    this.#highlight(context);
    for (const overlay of this.overlays) overlay(context, project, this);
    this.#gizmo(context);
    drawScaleBar(context, this.width, this.height, this.height / camera.height_um);
    if (this.store.info.renderer === null) {
      context.fillStyle = '#97a3b8';
      context.font = '13px system-ui, sans-serif';
      context.textAlign = 'center';
      context.fillText('no OpenGL on the server: slices only', this.width / 2, this.height / 2);
    }
  }

  // the outline of the cell under the mouse, from the ids of the picture
  /** @param {CanvasRenderingContext2D} context */
  #highlight(context) {
    const ids = this.#ids, id = this.store.hovered, [w, h] = [this.#idWidth, this.#idHeight];
    if (!ids || id === 0) return;
    const path = new Path2D(), [sx, sy] = [this.width / w, this.height / h];
    for (let y = 0, n = 0; y < h; y++) {
      for (let x = 0; x < w; x++, n++) {
        if (ids[n] !== id) continue;
        if (x === 0 || ids[n - 1] !== id) { path.moveTo(x * sx, y * sy); path.lineTo(x * sx, (y + 1) * sy); }
        if (x === w - 1 || ids[n + 1] !== id) { path.moveTo((x + 1) * sx, y * sy); path.lineTo((x + 1) * sx, (y + 1) * sy); }
        if (y === 0 || ids[n - w] !== id) { path.moveTo(x * sx, y * sy); path.lineTo((x + 1) * sx, y * sy); }
        if (y === h - 1 || ids[n + w] !== id) { path.moveTo(x * sx, (y + 1) * sy); path.lineTo((x + 1) * sx, (y + 1) * sy); }
      }
    }
    context.strokeStyle = '#ffffff';
    context.lineWidth = 1.6;
    context.stroke(path);
  }

  /** @param {CanvasRenderingContext2D} context */
  #gizmo(context) {
    const project = projector({ ...this.store.scene.camera, target: { z: 0, y: 0, x: 0 }, height_um: 1 }, 52, 52), [ox, oy] = [14, this.height - 66];
    context.font = '600 11px system-ui, sans-serif';
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const [axis, color] of /** @type {['z' | 'y' | 'x', string][]} */ ([['x', '#ff9090'], ['y', '#86e08c'], ['z', '#7fb2ff']])) {
      const [x, y] = project({ z: 0, y: 0, x: 0, [axis]: 0.4 }), [tx, ty] = project({ z: 0, y: 0, x: 0, [axis]: 0.56 });
      context.strokeStyle = context.fillStyle = color;
      context.lineWidth = 2;
      context.beginPath();
      context.moveTo(ox + 26, oy + 26);
      context.lineTo(ox + x, oy + y);
      context.stroke();
      if (Math.hypot(x - 26, y - 26) > 5) context.fillText(axis, ox + tx, oy + ty);
    }
    context.textBaseline = 'alphabetic';
  }
}

/** @param {Uint8Array} packed @returns {Promise<Uint32Array>} */
async function inflate(packed) {
  const Decompression = /** @type {any} */ (window).DecompressionStream;
  const stream = new Blob([packed]).stream().pipeThrough(new Decompression('deflate'));
  return new Uint32Array(await new Response(stream).arrayBuffer());
}
