import { getBytes, make } from './net.js';
import { context2d } from './tiles.js';

/** @typedef {import('./types.js').EditState} EditState */
/** @typedef {import('./types.js').Point} Point */
/** @typedef {import('./types.js').Segmentation} Segmentation */
/** @typedef {import('./types.js').SegmentationStatus} SegmentationStatus */
/** @typedef {import('./types.js').Thresholds} Thresholds */
/** @typedef {import('./slice.js').SliceView} SliceView */
/** @typedef {import('./store.js').Store} Store */
/** @typedef {'image' | 'probability' | 'flows'} MapKind */

const DEBOUNCE = 120;                                                        // milliseconds that a slider rests before masks are made anew
const RIM = 7;                                                               // pixels beside the disk's rim that still take hold of it
const MOST_MAPS = 24;
const OTHER = '…';

/** The panel that runs the network and changes thresholds, the disk of the diameter, and what the network said as pictures. */
export class SegmentPanel {
  /** @type {SegmentationStatus} */ status;
  /**
   * What the XY slice shows.
   * @type {MapKind}
   */
  view = 'image';
  /**
   * What it showed when it was drawn last: the image until a map is here.
   * @type {MapKind}
   */
  shown = 'image';
  /**
   * Middle of the disk, in voxels.
   * @type {Point}
   */
  disk;
  model = select('seg-model');
  path = input('seg-path', 'text', { placeholder: 'path of a weight file', 'aria-label': 'path of a weight file', spellcheck: 'false' });
  chan = select('seg-chan');
  chan2 = select('seg-chan2');
  diameter = input('seg-diameter', 'number', { min: '0', step: 'any', placeholder: 'auto', title: 'Mean cell diameter in pixels; empty: estimated' });
  estimate = button('seg-estimate', 'estimate', () => this.#estimate());
  scope = select('seg-scope');
  times = input('seg-times', 'checkbox', {});
  others = select('seg-others', [['replace', 'cells there are replaced'], ['keep', 'cells there are kept']]);
  run = button('seg-run', 'Run', () => this.#run());
  stop = button('seg-stop', 'Stop', () => this.store.send({ ask: 'stop' }));
  bar = /** @type {HTMLProgressElement} */ (make('progress', { max: '1', 'aria-label': 'progress' }));
  step = make('span', { class: 'small', id: 'seg-step' });
  message = make('p', { class: 'note', id: 'seg-message', role: 'status' });
  cellProb = this.#slider('seg-cellprob', 'cell prob.', -6, 6, 0.1, 'Logit above which a pixel belongs to a cell: lower finds more and larger cells');
  flow = this.#slider('seg-flow', 'flow', 0, 3, 0.05, 'Masks whose flows differ from the network’s by more are removed; 0 keeps all');
  minSize = this.#slider('seg-minsize', 'min. size', 0, 500, 1, 'Masks of fewer voxels are removed');
  live = make('p', { class: 'note', id: 'seg-live' });
  again = button('seg-again', 'Apply again', () => this.#adjust(true));
  views = make('div', { class: 'choice', role: 'group', 'aria-label': 'XY shows' });
  /** Whether this page asked for the estimate that is on its way. */ #estimates = false;
  #timer = 0;
  #isOpen = false;
  /** Output of the last status, to tell that there is a new one. */ #version = 0;
  /** @type {Map<string, HTMLCanvasElement | null>} */ #maps = new Map();

  /** @param {HTMLElement} element @param {Store} store @param {SliceView[]} slices @param {{state: () => EditState | null, toast: (text: string, bad?: boolean) => void, redraw: () => void}} page */
  constructor(element, store, slices, page) {
    this.element = element;
    this.store = store;
    this.page = page;
    this.info = /** @type {Segmentation} */ (store.info.segmentation);
    this.status = this.info.status;
    const { shape } = store.scene.grid;
    this.disk = { z: 0, y: 0.8 * shape.y, x: 0.15 * shape.x };            // off the middle, where the cursor is
    this.#build();
    for (const slice of slices) {
      if (slice.plane !== 'xy') continue;
      slice.underlays.push((context, view) => this.#drawMap(context, view));
      slice.overlays.push((context, view) => this.#drawDisk(context, view));
      this.#dragDisk(slice);
    }
    store.on('edited', () => this.#update());
    this.onStatus(this.status);
  }

  /**
   * Called when the panel is shown and hidden.
   * @param {boolean} isOpen
   */
  show(isOpen) {
    this.#isOpen = isOpen;
    this.page.redraw();
  }

  /** @param {SegmentationStatus} status */
  onStatus(status) {
    const ended = this.status.phase !== 'idle' && status.phase === 'idle';
    this.status = status;
    if (status.output && status.output.version !== this.#version) {
      this.#version = status.output.version;
      this.#maps.clear();
      this.#showThresholds(status.output.thresholds, status.output.is_volume);
    }
    if (ended && status.message && status.is_error) this.page.toast(status.message, true);
    if (ended && this.#estimates) {
      this.#estimates = false;
      if (!status.is_error && status.estimate) this.diameter.value = String(+status.estimate.toFixed(1));
    }
    this.#update();
    this.page.redraw();
  }

  /** The diameter the disk shows: as typed, else as the last run had it; null for none. */
  get shownDiameter() {
    return Number(this.diameter.value) || this.status.output?.diameter || null;
  }

  /** Whether the last result is still as it was put, so that thresholds change it at once. */
  get isLive() {
    return this.status.output !== null && this.status.output.placed_state === (this.page.state()?.state ?? -1);
  }

  #build() {
    const { channels, models } = this.info, { scene } = this.store, flat = scene.grid.shape.z === 1;
    fill(this.model, [...models.map(m => /** @type {[string, string]} */ ([m, m])), [OTHER, 'a file…']]);
    const numbered = channels.map((name, n) => /** @type {[string, string]} */ ([String(n + 1), name])), refusal = make('p', { class: 'note warn' }, this.info.refusal ?? '');
    fill(this.chan, [['0', 'mean of all'], ...numbered]);
    fill(this.chan2, [['0', 'none'], ...numbered]);
    fill(this.scope, [...flat ? [] : [/** @type {[string, string]} */ (['volume', 'the volume, in 3D'])], ['plane', flat ? 'the image' : 'this plane, in 2D'], ['cells', 'the selected cells, anew']]);
    this.model.onchange = this.chan.onchange = () => this.#update();
    this.diameter.oninput = () => { this.#update(); this.page.redraw(); };
    this.scope.onchange = () => { this.#showThresholds(null, this.#isVolume); this.#update(); };
    this.others.onchange = () => { this.others.dataset.chosen = 'true'; };
    this.run.classList.add('primary');
    for (const kind of /** @type {MapKind[]} */ (['image', 'probability', 'flows'])) {
      const one = button(`seg-view-${kind}`, kind, () => { this.view = kind; this.#update(); this.page.redraw(); });
      one.dataset.view = kind;
      this.views.append(one);
    }

    const network = make('section', { class: 'layer', 'aria-label': 'network' }, make('h3', {}, make('span', { class: 'title' }, 'network')), row('model', this.model), row('', this.path));
    if (channels.length > 1) network.append(row('cells', this.chan), row('nuclei', this.chan2));
    network.append(row('diameter', this.diameter, make('span', { class: 'small' }, 'px'), this.estimate), row('on', this.scope));
    if (scene.frames > 1) network.append(make('div', { class: 'row' }, this.times, make('label', { for: 'seg-times', class: 'wide' }, 'at all time points')));
    network.append(row('others', this.others), make('div', { class: 'row' }, this.run, this.stop, this.bar), this.step, this.message, refusal);
    const masks = make('section', { class: 'layer', 'aria-label': 'thresholds' }, make('h3', {}, make('span', { class: 'title' }, 'thresholds')),
      this.cellProb.row, this.flow.row, this.minSize.row, this.live, this.again);
    const maps = make('section', { class: 'layer', 'aria-label': 'what XY shows' }, make('h3', {}, make('span', { class: 'title' }, 'XY shows')), this.views);
    this.element.append(network, masks, maps);
    this.#showThresholds(null, !flat);
  }

  /** @param {string} id @param {string} label @param {number} min @param {number} max @param {number} step @param {string} title */
  #slider(id, label, min, max, step, title) {
    const range = input(id, 'range', { min: String(min), max: String(max), step: String(step), title });
    const number = input(`${id}-number`, 'number', { step: 'any', title, 'aria-label': label });
    range.oninput = () => { number.value = range.value; this.#later(); };
    number.onchange = () => { range.value = number.value; this.#later(); };
    return { row: row(label, range, number), number, set: (/** @type {number} */ v) => { range.value = number.value = String(v); } };
  }

  /** @param {Thresholds | null} thresholds @param {boolean} isVolume */
  #showThresholds(thresholds, isVolume) {
    this.cellProb.set(thresholds?.cell_prob ?? Number(this.cellProb.number.value || 0));
    this.flow.set(thresholds?.flow ?? (isVolume ? 2.5 : 0.4));
    this.minSize.set(thresholds?.min_size ?? Number(this.minSize.number.value || 15));
  }

  /** @returns {Thresholds} */
  #thresholds() {
    const of = (/** @type {{number: HTMLInputElement}} */ s) => Number(s.number.value) || 0;
    return { cell_prob: of(this.cellProb), flow: Math.max(0, of(this.flow)), min_size: Math.max(0, Math.round(of(this.minSize))) };
  }

  get #isVolume() {
    return this.scope.value !== 'plane' && this.store.scene.grid.shape.z > 1;
  }

  #request() {
    const { cursor, time } = this.store.scene, chan = Number(this.chan.value);
    return {
      model: this.model.value === OTHER ? this.path.value.trim() : this.model.value, chan, chan2: chan === 0 ? 0 : Number(this.chan2.value),
      diameter: Number(this.diameter.value) > 0 ? Number(this.diameter.value) : null, is_volume: this.#isVolume, all_times: this.times.checked, time, plane: cursor.z,
    };
  }

  #run() {
    if (!this.#modelNamed()) return;
    const around = this.scope.value === 'cells' ? [...this.store.selected] : [];
    if (this.scope.value === 'cells' && around.length === 0) return this.page.toast('select the cells to find anew', true);
    this.store.send({ ask: 'segment', run: this.#request(), thresholds: this.#thresholds(), keeps_others: this.others.value === 'keep', around });
    delete this.others.dataset.chosen;
  }

  #estimate() {
    if (!this.#modelNamed()) return;
    this.#estimates = true;
    this.store.send({ ask: 'estimate', run: this.#request() });
  }

  #modelNamed() {
    const named = this.#request().model !== '';
    if (!named) this.page.toast('name a model, or the path of a weight file', true);
    return named;
  }

  // the slider rests a moment before masks are made anew
  #later() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => { if (this.isLive || this.status.phase === 'network' || this.status.phase === 'masks') this.#adjust(false); }, DEBOUNCE);
  }

  /** @param {boolean} again */
  #adjust(again) {
    this.store.send({ ask: 'adjust', thresholds: this.#thresholds(), ...again ? { keeps_others: this.others.value === 'keep' } : {} });
  }

  #update() {
    const { status } = this, busy = status.phase !== 'idle', refused = this.info.refusal !== null, state = this.page.state();
    for (const control of [this.model, this.path, this.chan, this.chan2, this.scope, this.times, this.others, this.run, this.estimate]) control.disabled = busy || refused;
    if (this.chan.value === '0') this.chan2.disabled = true;
    if (this.scope.value === 'cells') this.others.disabled = this.times.disabled = true;
    this.path.closest('.row')?.toggleAttribute('hidden', this.model.value !== OTHER);
    this.stop.hidden = this.bar.hidden = !busy;
    this.bar.value = status.progress;
    this.step.textContent = busy ? `${status.step ?? ''} ${Math.round(100 * status.progress)} %` : '';
    this.message.textContent = busy ? '' : status.message ?? '';
    this.message.classList.toggle('warn', status.is_error);
    // what is there is replaced where it came from the last run alone, or is nothing
    const suggested = this.isLive ? status.output?.kept_others ? 'keep' : 'replace' : (state?.largest_id ?? 0) === 0 ? 'replace' : 'keep';
    if (this.scope.value === 'cells') this.others.value = 'keep';
    else if (!this.others.dataset.chosen) this.others.value = suggested;
    this.diameter.placeholder = status.output ? `auto: ${status.output.diameter.toFixed(1)}` : 'auto';
    this.live.textContent = !status.output ? 'They take effect with the first run; afterwards at once, without the network.'
      : this.isLive ? 'Masks follow at once; undo takes the whole run back.' : 'The labels were edited since the last run, which stays as it is.';
    this.again.hidden = !status.output || status.output.box !== null || this.isLive || busy || refused;
    for (const one of this.views.querySelectorAll('button')) {
      one.setAttribute('aria-pressed', String(one.dataset.view === this.view));
      one.disabled = one.dataset.view !== 'image' && !status.output;
    }
  }

  // ---- what the network said

  /** @param {CanvasRenderingContext2D} context @param {SliceView} view */
  #drawMap(context, view) {
    const { output } = this.status, { scene } = this.store;
    this.shown = 'image';
    if (this.view === 'image' || !output) return;
    const seen = (output.all_times || output.time === scene.time) && (output.box ? scene.cursor.z >= output.box.z && scene.cursor.z < output.box.z + output.box.depth : output.is_volume || output.plane === scene.cursor.z);
    const picture = seen ? this.#map(`map/${this.view}/${output.version}/${scene.time}/${scene.cursor.z}`) : null;
    if (!picture) return;
    this.shown = this.view;
    const { shape } = scene.grid, { y, x, height, width } = output.box ?? { y: 0, x: 0, height: shape.y, width: shape.x };
    const [left, top] = view.toScreen({ z: 0, y: y - 0.5, x: x - 0.5 }), [right, bottom] = view.toScreen({ z: 0, y: y + height - 0.5, x: x + width - 0.5 });
    context.imageSmoothingEnabled = false;
    context.drawImage(picture, left, top, right - left, bottom - top);
  }

  /** @param {string} path @returns {HTMLCanvasElement | null} */
  #map(path) {
    const held = this.#maps.get(path);
    if (held === undefined) {
      this.#maps.set(path, null);
      void this.#fetch(path);
    }
    return held ?? null;
  }

  /** @param {string} path */
  async #fetch(path) {
    try {
      const { bytes } = await getBytes(path), sizes = new Int32Array(bytes, 0, 2), canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = sizes;
      context2d(canvas).putImageData(new ImageData(new Uint8ClampedArray(bytes, 8), sizes[0], sizes[1]), 0, 0);
      if (this.#maps.size > MOST_MAPS) this.#maps.clear();
      this.#maps.set(path, canvas);
      this.page.redraw();
    } catch (error) {
      console.warn(`${path}: ${error}`);
    }
  }

  // ---- the disk

  /**
   * Pixels of the disk on a slice.
   * @param {SliceView} view
   * @returns {{x: number, y: number, radius: number} | null}
   */
  #place(view) {
    const diameter = this.shownDiameter;
    if (!this.#isOpen || diameter === null) return null;
    const [x, y] = view.toScreen(this.disk);
    return { x, y, radius: diameter / 2 * view.pixelsPerVoxel };
  }

  /** @param {CanvasRenderingContext2D} context @param {SliceView} view */
  #drawDisk(context, view) {
    const disk = this.#place(view);
    if (!disk) return;
    context.save();
    context.beginPath();
    context.arc(disk.x, disk.y, Math.max(1, disk.radius), 0, 7);
    context.fillStyle = 'rgba(108, 182, 255, .16)';
    context.fill();
    context.strokeStyle = '#6cb6ff';
    context.lineWidth = 1.6;
    context.stroke();
    context.beginPath();
    context.arc(disk.x, disk.y, 2.5, 0, 7);
    context.fillStyle = '#6cb6ff';
    context.fill();
    context.font = '11px system-ui, sans-serif';
    context.fillText(`${+(this.shownDiameter ?? 0).toFixed(1)} px`, disk.x + disk.radius * 0.71 + 5, disk.y + disk.radius * 0.71 + 12);
    context.restore();
  }

  // its rim makes it larger and smaller, its middle moves it; before the view's own tools, which get all else
  /** @param {SliceView} view */
  #dragDisk(view) {
    const { element } = view;
    /** @type {'rim' | 'middle' | null} */ let held = null;
    const at = (/** @type {PointerEvent} */ e) => {
      const box = element.getBoundingClientRect();
      return { x: e.clientX - box.left, y: e.clientY - box.top };
    };
    element.addEventListener('pointerdown', e => {
      const disk = this.#place(view), p = at(e);
      if (!disk || e.button !== 0) return;
      const away = Math.hypot(p.x - disk.x, p.y - disk.y);
      held = Math.abs(away - disk.radius) <= RIM ? 'rim' : away <= RIM ? 'middle' : null;
      if (!held) return;
      element.setPointerCapture(e.pointerId);
      e.stopImmediatePropagation();
      e.preventDefault();
    }, { capture: true });
    element.addEventListener('pointermove', e => {
      if (!held) return;
      e.stopImmediatePropagation();
      const p = at(e), disk = this.#place(view);
      if (!disk) return;
      if (held === 'middle') this.disk = view.toVoxel(p.x, p.y);
      else this.diameter.value = String(+Math.max(1, 2 * Math.hypot(p.x - disk.x, p.y - disk.y) / view.pixelsPerVoxel).toFixed(1));
      this.#update();
      this.page.redraw();
    }, { capture: true });
    for (const end of ['pointerup', 'pointercancel']) element.addEventListener(end, e => {
      if (held) e.stopImmediatePropagation();
      held = null;
    }, { capture: true });
  }
}

/** @param {string} label @param {HTMLElement} control @param {HTMLElement[]} rest */
function row(label, control, ...rest) {
  return make('div', { class: 'row' }, make('label', { for: control.id }, label), control, ...rest);
}

/** @param {string} id @param {[string, string][]} [options] @returns {HTMLSelectElement} */
function select(id, options = []) {
  const made = /** @type {HTMLSelectElement} */ (make('select', { id }));
  fill(made, options);
  return made;
}

/** @param {HTMLSelectElement} list @param {[string, string][]} options */
function fill(list, options) {
  list.append(...options.map(([value, text]) => make('option', { value }, text)));
}

/** @param {string} id @param {string} type @param {Record<string, string>} attributes @returns {HTMLInputElement} */
function input(id, type, attributes) {
  return /** @type {HTMLInputElement} */ (make('input', { id, type, ...attributes }));
}

/** @param {string} id @param {string} text @param {() => void} run @returns {HTMLButtonElement} */
function button(id, text, run) {
  const made = /** @type {HTMLButtonElement} */ (make('button', { id }, text));
  made.onclick = run;
  return made;
}
