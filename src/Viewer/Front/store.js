import { getBytes, oneAtATime } from './net.js';

/** @typedef {import('./types.js').Scene} Scene */
/** @typedef {import('./types.js').Info} Info */
/** @typedef {import('./types.js').Point} Point */

/**
 * The scene as this page knows it: commands are applied here at once and sent on. The server's order is the one that counts: when a command
 * of another page arrives, those sent from here that the server had not got by then come after it, and are applied again.
 */
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
  showsCompared = true;
  #serial = 0;
  /**
   * Commands sent that the server has not confirmed, in their order.
   * @type {{serial: number, command: any}[]}
   */
  #pending = [];
  /** @type {[number, number] | null} */ colorRange = null;
  /** @type {Map<string, Set<() => void>>} */ #listeners = new Map();
  /** @type {Set<number>} */ selected = new Set();
  /** @type {Set<number>} */ isolated = new Set();
  /** @type {Set<number>} */ hidden = new Set();

  /** @param {Scene} scene @param {Info} info @param {(message: object) => void} transmit */
  constructor(scene, info, transmit) {
    this.scene = scene;
    this.info = info;
    this.transmit = transmit;
    this.labelVersion = info.label_version;
    this.#index();
  }

  /**
   * Calls back after changes of a topic: cursor, camera, time, images, labels, tails, colors, hover, edited, table.
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
    if (this.#quiet) return void this.#quiet.add(topic);
    for (const listener of this.#listeners.get(topic) ?? []) listener();
  }

  /** Whether the server has confirmed all commands. */
  get isConfirmed() {
    return this.#pending.length === 0;
  }

  /**
   * Sends a message to the server.
   * @param {{[name: string]: any}} message
   * @returns {number} its number, which the answer has
   */
  send(message) {
    const serial = ++this.#serial;
    if (message.do) this.#pending.push({ serial, command: message });
    this.transmit({ ...message, serial });
    return serial;
  }

  /**
   * Commands up to a number are in the scene that the server has now.
   * @param {number} serial
   */
  confirm(serial) {
    this.#pending = this.#pending.filter(p => p.serial > serial);
  }

  /**
   * A command that the server applied for another page, or whose outcome was not known here.
   * @param {any} command
   * @param {number} done
   */
  hear(command, done) {
    this.confirm(done);
    this.#together(() => {
      this.apply(command);
      for (const { command: later } of this.#pending) this.apply(later);
    });
  }

  // listeners hear once of what several commands change, when all of them are applied
  /** @type {Set<string> | null} */ #quiet = null;
  /** @param {() => void} change */
  #together(change) {
    const topics = this.#quiet = new Set();
    change();
    this.#quiet = null;
    for (const topic of topics) this.emit(topic);
  }

  /**
   * Replaces everything, after an error or an interruption.
   * @param {Scene} scene
   * @param {number} done  commands after this one are still on their way
   */
  reset(scene, done = Infinity) {
    this.confirm(done);
    this.scene = scene;
    this.#together(() => {
      for (const { command } of this.#pending) this.apply(command);
      this.#index();
      for (const topic of ['cursor', 'camera', 'time', 'images', 'labels', 'tails']) this.emit(topic);
    });
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
      case 'clip': [s.clip, s.clip_planes] = [command.box, command.planes]; return this.emit('camera');
      case 'tails': s.tail_length = command.length; return this.emit('tails');
      case 'view': s.view = command.view; return;
      case 'look':
        for (const part of /** @type {const} */ (['lighting', 'background', 'decorations'])) s[part] = command[part] ?? s[part];
        return;
      case 'labels': s.labels = { ...command.layer }; break;             // changed below, and the command may be applied again
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
    if (isShown(slices)) this.run({ do: 'slices', slices: Object.fromEntries(Object.entries(cursor).filter(([axis]) => (slices[/** @type {'z' | 'y' | 'x'} */ (axis)] ?? null) !== null)) });
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
  fetchColors(version, range) {
    this.#colorsFound = { version, range };
    return this.#fetchColors();
  }

  /** @type {{version: number, range: [number, number] | null}} */ #colorsFound = { version: 0, range: null };
  #fetchColors = oneAtATime(async () => {
    const { version, range } = this.#colorsFound, { bytes } = await getBytes('colors');
    const pairs = new Uint32Array(bytes), colors = new Map();
    for (let n = 0; n < pairs.length; n += 2) colors.set(pairs[n], pairs[n + 1] | 0xff000000);
    this.colors = colors;
    this.colorVersion = version;
    this.colorRange = range;
    this.emit('colors');
  });

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

/**
 * Whether there is a plane in 3D.
 * @param {import('./types.js').SlicePlanes} slices
 */
export function isShown(slices) {
  return [slices.z, slices.y, slices.x].some(v => v !== undefined && v !== null);
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
