import { getBytes } from './net.js';

/** @typedef {import('./types.js').Scene} Scene */
/** @typedef {import('./types.js').Info} Info */
/** @typedef {import('./types.js').Point} Point */

/** The scene as this page knows it: commands are applied here at once and sent on; those of other pages arrive the same way. */
export class Store {
  /** @type {Scene} */ scene;
  /** @type {Info} */ info;
  /**
   * Colour of each cell as 0xffbbggrr.
   * @type {Map<number, number>}
   */
  colors = new Map();
  colorVersion = 0;
  labelVersion = 0;
  /** Rises when cells are selected, hidden or isolated. */ lookVersion = 0;
  hovered = 0;
  /** @type {[number, number] | null} */ colorRange = null;
  /** @type {Map<string, Set<() => void>>} */ #listeners = new Map();
  /** @type {Set<number>} */ selected = new Set();
  /** @type {Set<number>} */ isolated = new Set();
  /** @type {Set<number>} */ hidden = new Set();

  /** @param {Scene} scene @param {Info} info @param {(message: object) => void} send */
  constructor(scene, info, send) {
    this.scene = scene;
    this.info = info;
    this.send = send;
    this.labelVersion = info.label_version;
    this.#index();
  }

  /**
   * Calls back after changes of a topic: cursor, camera, time, images, labels, colors, hover, edited, table.
   * @param {string} topics
   * @param {() => void} listener
   */
  on(topics, listener) {
    for (const topic of topics.split(' ')) {
      const set = this.#listeners.get(topic) ?? new Set();
      this.#listeners.set(topic, set.add(listener));
    }
  }

  /** @param {string} topic */
  emit(topic) {
    for (const listener of this.#listeners.get(topic) ?? []) listener();
  }

  /**
   * Replaces everything, after an error or an interruption.
   * @param {Scene} scene
   */
  reset(scene) {
    this.scene = scene;
    this.#index();
    for (const topic of ['cursor', 'camera', 'time', 'images', 'labels']) this.emit(topic);
  }

  /**
   * Applies a scene command and sends it.
   * @param {any} command
   */
  run(command) {
    this.send(command);
    this.apply(command);
  }

  /**
   * Applies a scene command as the server's SceneReducer does.
   * @param {any} command
   */
  apply(command) {
    const s = this.scene, labels = s.labels;
    switch (command.do) {
      case 'camera': s.camera = command.camera; return this.emit('camera');
      case 'time': s.time = command.time; return this.emit('time');
      case 'cursor': s.cursor = command.cursor; return this.emit('cursor');
      case 'image': s.images[command.channel] = command.layer; return this.emit('images');
      case 'slices': s.slices = command.slices; return this.emit('camera');
      case 'labels': s.labels = command.layer; break;
      case 'select': if (labels) labels.selected = changed(labels.selected, command); break;
      case 'isolate': if (labels) { labels.isolated = changed(labels.isolated, command); labels.ghost = command.ghost ?? labels.ghost; } break;
      case 'hide': if (labels) labels.hidden = changed(labels.hidden, command); break;
      default: return;
    }
    this.#index();
    this.emit('labels');
  }

  /** @param {number} id @returns {'own' | 'ghost' | 'none'} */
  look(id) {
    if (this.hidden.has(id)) return 'none';
    if (this.isolated.size === 0 || this.isolated.has(id)) return 'own';
    return this.scene.labels && this.scene.labels.ghost > 0 ? 'ghost' : 'none';
  }

  /** @param {Point} at */
  moveCursor(at) {
    const shape = this.scene.grid.shape;
    const cursor = { z: clamp(Math.round(at.z), shape.z), y: clamp(Math.round(at.y), shape.y), x: clamp(Math.round(at.x), shape.x) };
    const old = this.scene.cursor;
    if (cursor.z === old.z && cursor.y === old.y && cursor.x === old.x) return;
    this.run({ do: 'cursor', cursor });
    const slices = this.scene.slices;
    if (slices.z !== undefined || slices.y !== undefined || slices.x !== undefined) this.run({ do: 'slices', slices: { z: cursor.z, y: cursor.y, x: cursor.x } });
  }

  /** @param {number[]} ids @param {'Replace' | 'Add' | 'Remove'} [change] */
  select(ids, change = 'Replace') {
    if (this.scene.labels) this.run({ do: 'select', ids, change });
  }

  /** @param {number} id */
  hover(id) {
    if (this.hovered === id) return;
    this.hovered = id;
    this.emit('hover');
  }

  /**
   * Fetches the colours the server found.
   * @param {number} version
   * @param {[number, number] | null} range
   */
  async fetchColors(version, range) {
    const { bytes } = await getBytes('colors');
    const pairs = new Uint32Array(bytes), colors = new Map();
    for (let n = 0; n < pairs.length; n += 2) colors.set(pairs[n], pairs[n + 1] | 0xff000000);
    this.colors = colors;
    this.colorVersion = version;
    this.colorRange = range;
    this.emit('colors');
  }

  /** @param {number} id @returns {string} */
  cssColor(id) {
    const c = this.colors.get(id) ?? 0xff969696;
    return `rgb(${c & 255}, ${c >> 8 & 255}, ${c >> 16 & 255})`;
  }

  #index() {
    this.lookVersion++;
    this.selected = new Set(this.scene.labels?.selected);
    this.isolated = new Set(this.scene.labels?.isolated);
    this.hidden = new Set(this.scene.labels?.hidden);
  }
}

/** @param {number} v @param {number} length */
function clamp(v, length) {
  return Math.max(0, Math.min(length - 1, v));
}

/** @param {number[]} set @param {{ids: number[], change?: string}} command @returns {number[]} */
function changed(set, command) {
  if (command.change === 'Add') return [...new Set([...set, ...command.ids])];
  if (command.change === 'Remove') return set.filter(id => !command.ids.includes(id));
  return [...new Set(command.ids)];
}
