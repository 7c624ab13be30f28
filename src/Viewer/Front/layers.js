import { getJson, make, oneAtATime } from './net.js';
import { context2d } from './tiles.js';
import { numberText } from './scale.js';

/** @typedef {import('./types.js').ImageLayer} ImageLayer */
/** @typedef {import('./types.js').LabelLayer} LabelLayer */
/** @typedef {import('./store.js').Store} Store */
/** @typedef {{lowest: number, highest: number, bins: number[], shares: number[], percentiles: number[]}} Histogram */

const MODES = { None: 'off', Mip: 'brightest (MIP)', Attenuated: 'attenuated MIP', Translucent: 'translucent', Iso: 'surface' };
const FEATURE_MAPS = ['viridis', 'magma', 'inferno', 'turbo', 'hot'];

/** The panel of layers: how labels and each channel are shown. */
export class LayerPanel {
  /** @type {(() => void)[]} */ #refresh = [];
  /** @type {string[]} */ features = [];

  /** @param {HTMLElement} element @param {Store} store @param {{shuffle: () => void}} actions */
  constructor(element, store, actions) {
    this.element = element;
    this.store = store;
    this.actions = actions;
    this.build();
    store.on('images labels colors camera tails', () => this.update());
    store.on('time', () => { for (const refresh of this.#histograms) refresh(); });
  }

  /** @type {(() => void)[]} */ #histograms = [];

  build() {
    this.#refresh = [];
    this.#histograms = [];
    this.element.replaceChildren();
    if (this.store.scene.labels) this.element.append(this.#labels());
    if (this.store.info.has_tracks) this.element.append(this.#tracks());
    this.store.scene.images.forEach((_, channel) => this.element.append(this.#image(channel)));
    if (this.store.info.compared) this.element.append(make('p', { class: 'note compared' }, `compared with ${this.store.info.compared.name} (Y)`));
    for (const line of this.store.info.reductions) this.element.append(make('p', { class: 'note warn' }, line));
    if (this.store.info.renderer) this.element.append(make('p', { class: 'note' }, `3D by ${this.store.info.renderer}`));
    this.update();
  }

  update() {
    for (const refresh of this.#refresh) refresh();
  }

  /** @param {string} label @param {HTMLElement} input @param {HTMLElement[]} rest */
  #row(label, input, ...rest) {
    const id = `control-${++counter}`;
    input.id = id;
    return make('div', { class: 'row' }, make('label', { for: id }, label), input, ...rest);
  }

  /** @param {string} label @param {number} max @param {number} step @param {() => number} read @param {(v: number) => void} write @param {(v: number) => string} [text] */
  #slider(label, max, step, read, write, text = v => numberText(v)) {
    const input = /** @type {HTMLInputElement} */ (make('input', { type: 'range', min: '0', max: String(max), step: String(step) })), output = make('output');
    input.oninput = () => write(Number(input.value));
    this.#refresh.push(() => { input.value = String(read()); output.textContent = text(read()); });
    return this.#row(label, input, output);
  }

  /** @param {string} label @param {[string, string][]} options @param {() => string} read @param {(v: string) => void} write */
  #select(label, options, read, write) {
    const select = /** @type {HTMLSelectElement} */ (make('select'));
    for (const [value, text] of options) select.append(make('option', { value }, text));
    select.onchange = () => write(select.value);
    this.#refresh.push(() => { select.value = read(); });
    return this.#row(label, select);
  }

  /** @param {string} title @param {() => boolean} read @param {(v: boolean) => void} write @param {HTMLElement[]} rest */
  #heading(title, read, write, ...rest) {
    const box = /** @type {HTMLInputElement} */ (make('input', { type: 'checkbox', 'aria-label': `show ${title}` }));
    box.onchange = () => write(box.checked);
    this.#refresh.push(() => { box.checked = read(); });
    return make('h3', {}, box, make('span', { class: 'title' }, title), ...rest);
  }

  /** @param {Partial<LabelLayer>} change */
  setLabels(change) {
    const labels = this.store.scene.labels;
    if (labels) this.store.run({ do: 'labels', layer: { ...labels, ...change } });
  }

  /** @param {number} channel @param {Partial<ImageLayer>} change */
  setImage(channel, change) {
    const layer = { ...this.store.scene.images[channel], ...change };
    if (layer.low < layer.high) this.store.run({ do: 'image', channel, layer });
  }

  #labels() {
    const read = () => /** @type {LabelLayer} */ (this.store.scene.labels);
    const box = make('section', { class: 'layer', 'aria-label': 'labels' });
    const shuffle = make('button', { class: 'icon', title: 'Other colours (Shift+C)', 'aria-label': 'Other colours' }, '⚄');
    shuffle.onclick = () => this.actions.shuffle();
    box.append(this.#heading('labels', () => read().is_visible, is_visible => this.setLabels({ is_visible }), shuffle));
    box.append(this.#slider('fill', 1, 0.01, () => read().slice_opacity, slice_opacity => this.setLabels({ slice_opacity }), v => `${Math.round(100 * v)} %`));
    box.append(this.#slider('outline', 5, 0.5, () => read().outline_width, outline_width => this.setLabels({ outline_width }), v => `${v} px`));
    const colour = this.#select('colour', [], () => read().coloring === 'Feature' ? `feature:${read().feature}` : read().coloring, value => this.setLabels(
      value.startsWith('feature:') ? { coloring: 'Feature', feature: value.slice(8), feature_low: null, feature_high: null } : { coloring: /** @type {any} */ (value) }));
    const select = /** @type {HTMLSelectElement} */ (colour.querySelector('select'));
    let known = '';
    this.#refresh.unshift(() => {
      if (known === this.features.join()) return;
      known = this.features.join();
      const group = /** @type {HTMLOptGroupElement} */ (make('optgroup', { label: 'number of each cell' }));
      group.append(...this.features.map(f => make('option', { value: `feature:${f}` }, f)));
      select.replaceChildren(make('option', { value: 'Id' }, 'id, neighbours apart'), make('option', { value: 'Track' }, this.store.info.has_tracks ? 'track' : 'id alone'), group);
    });
    select.append(make('option', { value: 'Id' }, 'id'), make('option', { value: 'Track' }, 'track'));
    known = '-';
    const map = this.#select('map', FEATURE_MAPS.map(m => [m, m]), () => read().feature_map, feature_map => this.setLabels({ feature_map }));
    const ramp = /** @type {HTMLCanvasElement} */ (make('canvas', { class: 'ramp', width: '256', height: '1' })), ends = make('div', { class: 'row small' });
    this.#refresh.push(() => {
      const feature = read().coloring === 'Feature';
      map.hidden = ramp.hidden = ends.hidden = !feature;
      if (!feature) return;
      drawRamp(ramp, this.store.info.luts[read().feature_map]);
      const range = this.store.colorRange;
      ends.replaceChildren(make('span', {}, range ? numberText(range[0]) : ''), make('span', { class: 'spring' }), make('span', {}, range ? numberText(range[1]) : ''));
    });
    box.append(colour, map, ramp, ends);
    box.append(this.#slider('others', 1, 0.05, () => read().ghost, ghost => this.setLabels({ ghost }), v => v === 0 ? 'hidden' : `${Math.round(100 * v)} %`));
    box.append(this.#select('3D', [['Smooth', 'smooth surface'], ['Voxels', 'faces of voxels']], () => read().surface, surface => this.setLabels({ surface })));
    const state = make('div', { class: 'row small' });
    this.#refresh.push(() => {
      const l = read(), parts = [l.selected.length ? `${l.selected.length} selected` : '', l.isolated.length ? `${l.isolated.length} isolated` : '', l.hidden.length ? `${l.hidden.length} hidden` : ''].filter(Boolean);
      state.textContent = parts.join(' · ') || 'click a cell to select it';
    });
    box.append(state);
    return box;
  }

  #tracks() {
    const box = make('section', { class: 'layer', 'aria-label': 'tracks' });
    box.append(make('h3', {}, make('span', { class: 'title' }, 'tracks')));
    box.append(this.#slider('tail', 50, 1, () => this.store.scene.tail_length, length => this.store.run({ do: 'tails', length }), v => v === 0 ? 'none' : `${v}`));
    return box;
  }

  /** @param {number} channel */
  #image(channel) {
    const read = () => this.store.scene.images[channel];
    const box = make('section', { class: 'layer', 'aria-label': read().name });
    const auto = make('button', { title: 'Contrast from the histogram (C)' }, 'auto');
    box.append(this.#heading(read().name, () => read().is_visible, is_visible => this.setImage(channel, { is_visible }), auto));
    const canvas = /** @type {HTMLCanvasElement} */ (make('canvas', { class: 'histogram', title: 'Drag the ends of the contrast', role: 'img', 'aria-label': `histogram of ${read().name}` }));
    const ramp = /** @type {HTMLCanvasElement} */ (make('canvas', { class: 'ramp', width: '256', height: '1' }));
    /** @type {Histogram | null} */ let histogram = null;
    const fetchHistogram = oneAtATime(async () => {
      try {
        histogram = await getJson(`histogram/${this.store.scene.time}/${channel}`);
        draw();
      } catch { /* the time point is gone again */ }
    });
    const draw = () => drawHistogram(canvas, histogram, read());
    this.#refresh.push(draw, () => drawRamp(ramp, this.store.info.luts[read().lut]));
    this.#histograms.push(() => void fetchHistogram());
    new ResizeObserver(draw).observe(canvas);
    auto.onclick = () => this.#auto(channel, histogram);
    this.autos[channel] = () => this.#auto(channel, histogram);
    dragContrast(canvas, () => histogram, read, change => this.setImage(channel, change));
    box.append(canvas, ramp);
    const low = /** @type {HTMLInputElement} */ (make('input', { type: 'number', step: 'any', 'aria-label': 'shown black' })), high = /** @type {HTMLInputElement} */ (make('input', { type: 'number', step: 'any', 'aria-label': 'shown in full' }));
    low.onchange = () => this.setImage(channel, { low: Number(low.value) });
    high.onchange = () => this.setImage(channel, { high: Number(high.value) });
    this.#refresh.push(() => { low.value = String(+read().low.toPrecision(4)); high.value = String(+read().high.toPrecision(4)); });
    box.append(make('div', { class: 'row' }, low, make('span', { class: 'spring' }), high));
    box.append(this.#select('colours', Object.keys(this.store.info.luts).map(n => [n, n]), () => read().lut, lut => this.setImage(channel, { lut })));
    box.append(this.#slider('gamma', 3, 0.05, () => read().gamma, gamma => this.setImage(channel, { gamma: Math.max(0.05, gamma) })));
    box.append(this.#select('3D', Object.entries(MODES), () => read().mode, mode => this.setImage(channel, { mode })));
    void fetchHistogram();
    return box;
  }

  /**
   * Sets the contrast of a channel from its percentiles; a second time, wider.
   * @type {(() => void)[]}
   */
  autos = [];
  #wide = false;

  /** @param {number} channel @param {Histogram | null} histogram */
  #auto(channel, histogram) {
    if (!histogram) return;
    const at = (/** @type {number} */ share) => histogram.percentiles[histogram.shares.indexOf(share)];
    const [low, high] = this.#wide ? [at(0.001), at(0.9999)] : [at(0.01), at(0.998)];
    this.#wide = !this.#wide;
    this.setImage(channel, { low, high: high > low ? high : low + 1 });
  }
}

let counter = 0;

/** @param {HTMLCanvasElement} canvas @param {string[]} colors */
function drawRamp(canvas, colors) {
  const context = context2d(canvas);
  colors?.forEach((color, n) => {
    context.fillStyle = color;
    context.fillRect(n, 0, 1, 1);
  });
}

/** @param {HTMLCanvasElement} canvas @param {Histogram | null} histogram @param {ImageLayer} layer */
function drawHistogram(canvas, histogram, layer) {
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (width === 0) return;
  [canvas.width, canvas.height] = [width * devicePixelRatio, height * devicePixelRatio];
  const context = context2d(canvas);
  context.scale(devicePixelRatio, devicePixelRatio);
  context.clearRect(0, 0, width, height);
  if (!histogram) return;
  const { bins, lowest, highest } = histogram, most = Math.log1p(Math.max(...bins));
  const x = (/** @type {number} */ v) => (v - lowest) / (highest - lowest) * width;
  context.fillStyle = '#5d708f';
  bins.forEach((count, n) => {
    const h = Math.log1p(count) / most * (height - 6);
    context.fillRect(n / 256 * width, height - h, width / 256 + 0.5, h);
  });
  const [low, high] = [x(layer.low), x(layer.high)];
  context.fillStyle = 'rgba(8, 11, 17, .62)';
  context.fillRect(0, 0, low, height);
  context.fillRect(high, 0, width - high, height);
  context.strokeStyle = '#6cb6ff';
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(low, 0);
  context.lineTo(low, height);
  context.moveTo(high, 0);
  context.lineTo(high, height);
  context.stroke();
  context.strokeStyle = 'rgba(220, 232, 250, .75)';
  context.beginPath();
  for (let n = 0; n <= 40; n++) context.lineTo(low + (high - low) * n / 40, height - (n / 40) ** layer.gamma * (height - 2) - 1);
  context.stroke();
}

/** @param {HTMLCanvasElement} canvas @param {() => Histogram | null} histogram @param {() => ImageLayer} read @param {(change: Partial<ImageLayer>) => void} write */
function dragContrast(canvas, histogram, read, write) {
  canvas.onpointerdown = down => {
    const h = histogram();
    if (!h) return;
    canvas.setPointerCapture(down.pointerId);
    const value = (/** @type {PointerEvent} */ e) => h.lowest + (e.clientX - canvas.getBoundingClientRect().left) / canvas.clientWidth * (h.highest - h.lowest);
    const lower = Math.abs(value(down) - read().low) < Math.abs(value(down) - read().high);
    canvas.onpointermove = move => write(lower ? { low: value(move) } : { high: value(move) });
    canvas.onpointermove(down);
    canvas.onpointerup = canvas.onpointercancel = () => { canvas.onpointermove = null; };
  };
}
