import { make } from './net.js';
import { planeBehind } from './planes.js';
import { cellsInside } from './region.js';
import { numberText } from './scale.js';

/** @typedef {import('./types.js').Point} Point */
/** @typedef {import('./types.js').EditState} EditState */
/** @typedef {import('./types.js').Action} Action */
/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./slice.js').SliceView} SliceView */
/** @typedef {import('./volume.js').VolumeView} VolumeView */
/** @typedef {import('./tiles.js').Tile} Tile */
/** @typedef {import('./keys.js').Keys} Keys */
/** @typedef {'pan' | 'paint' | 'erase' | 'fill' | 'polygon' | 'split' | 'seeds' | 'region' | 'ruler'} Tool */
/** @typedef {{time: number, plane: import('./types.js').Plane, points: Point[]}} Outline */
/**
 * A stroke that was drawn here and is not yet in the tiles.
 * @typedef {{time: number, view: SliceView, index: number, from: Point, to: Point, radius: number, id: number, over: (id: number) => boolean, version: number}} Echo
 */

/** @type {[Tool, string, string][]} */
const TOOLS = [
  ['pan', 'tool-pan', '<path d="M5 9V5.5a1.2 1.2 0 0 1 2.4 0V4.2a1.2 1.2 0 0 1 2.4 0v1a1.2 1.2 0 0 1 2.4 0v1.6a1.1 1.1 0 0 1 2.2 0V11a5 5 0 0 1-5 5H9c-2 0-3-1-4-2.8L3.300 10.200a1.200 1.200 0 0 1 1.700-1.200z"/>'],
  ['paint', 'tool-paint', '<path d="M14.500 2.500 8 9l2 2 6-6.700zM7 10c-2 0-3 1.500-3 3 0 1-.8 1.800-1.500 2 3 1 6.300.3 6.500-2.500"/>'],
  ['erase', 'tool-erase', '<path d="m7 15-4-4 7.500-7.500 5 5L9 15zM6 8l5 5M9 15h7"/>'],
  ['fill', 'tool-fill', '<path d="m8 3 6 6-6 5.500L3 9.500zM8 3 6.500 1.500M15.500 11c1.500 2.200 1 3.500 0 3.500s-1.500-1.300 0-3.500z"/>'],
  ['polygon', 'tool-polygon', '<path d="M4 12 3 6l6-3 6 4-2 7-5 1z"/><circle cx="3" cy="6" r="1.200"/><circle cx="9" cy="3" r="1.200"/><circle cx="15" cy="7" r="1.200"/>'],
  ['split', 'tool-split', '<path d="M9 1.500v15" stroke-dasharray="2 1.600"/><path d="M7 4.500a5 5 0 1 0 0 9zM11 4.500a5 5 0 1 1 0 9z"/>'],
  ['seeds', 'tool-seeds', '<circle cx="6" cy="9" r="4.500"/><circle cx="12" cy="9" r="4.500"/><circle cx="5.500" cy="9" r=".9"/><circle cx="12.500" cy="9" r=".9"/>'],
  ['region', 'tool-region', '<path d="M4 6c2-4 9-4 10.500 0s-1 7-5 7-7-3-5.500-7z" stroke-dasharray="2 1.500"/><path d="M5 13.500c1.500 0 2 1 1 2.500"/>'],
  ['ruler', 'tool-ruler', '<path d="m2 12 10-10 4 4L6 16zM5 9l2 2M8 6l1.500 1.500M11 3l2 2"/>'],
];
/** Tools that change no labels. */
const LOOKING = new Set(['pan', 'region', 'ruler']);
/** @type {{[over in 'All' | 'Background' | 'Cell']: [string, string]}} */
const OVER = { All: ['all', 'Draw over everything (in 3D: what the brush touches first)'], Background: ['free', 'Draw over background only: cells stay whole'], Cell: ['cell', 'Draw over one cell only'] };
const PIECE_MS = 90;
const CLOSES = 10;

/** Tools that correct labels. What they draw is seen at once; the server applies it and says what became of it. */
export class Editing {
  /** @type {Tool} */ tool = 'pan';
  radius = 5;
  is3D = false;
  /**
   * What brush and outline may change.
   * @type {'All' | 'Background' | 'Cell'}
   */
  over = 'All';
  /** The one cell, for 'Cell'. */ overCell = 0;
  /** @type {EditState | null} */ state = null;
  /** @type {{view: SliceView, points: Point[], sent: number, at: number, id: number | null, waits: number, started: boolean} | null} a new cell's stroke waits for the answer to its first piece */ #stroke = null;
  /** @type {{view: SliceView, points: Point[], free: boolean, drags: boolean} | null} */ #outline = null;
  /** @type {{view: SliceView, from: Point, to: Point} | null} */ #cut = null;
  /** @type {{from: [number, number], to: [number, number]} | null} a line on the 3D view */ #cut3D = null;
  /** @type {{view: SliceView, from: Point, to: Point, drags: boolean} | null} a length that is measured */ #ruler = null;
  /** @type {Point[]} */ #seeds = [];
  /**
   * Outlines that wait for the planes between them.
   * @type {Outline[]}
   */
  #outlines = [];
  collects = false;
  /** @type {Echo[]} */ #echoes = [];
  /** @type {{view: SliceView, at: Point} | null} */ #pointer = null;
  #sent = 0;
  /**
   * Which of the edits sent from here, counted from 1, has which number among all messages; those that are not answered.
   * @type {Map<number, number>}
   */
  #unanswered = new Map();
  /** Whether the last command drew a cell, which is then the one to go on with. */ #draws = false;

  /** @param {Store} store @param {SliceView[]} slices @param {VolumeView} volume @param {(text: string, bad?: boolean) => void} toast @param {() => void} redraw */
  constructor(store, slices, volume, toast, redraw) {
    this.store = store;
    this.slices = slices;
    this.volume = volume;
    this.toast = toast;
    this.redraw = redraw;
    for (const slice of slices) {
      slice.overlays.push((context, view) => this.#draw(context, view));
      slice.tiles.decorate = tile => this.#echoInto(tile);
    }
    volume.overlays.push(context => { if (this.#cut3D) path(context, [this.#cut3D.from, this.#cut3D.to], false, '#ffffff'); });
    this.setState(store.info.editing ?? null);
    if (this.state && this.state.recovered > 0) this.#banner(this.state.recovered);
  }

  get isDirty() {
    return this.state?.is_dirty ?? false;
  }

  /** Whether something is being drawn, which a tooltip would cover. */
  get isDrawing() {
    return this.#stroke !== null || this.#outline !== null || this.#cut !== null || (this.#ruler?.drags ?? false);
  }

  /** @param {EditState | null} state */
  setState(state) {
    this.state = state;
    this.store.info.editing = state;
    this.updateTools();
  }

  /** @returns {Record<string, [string, () => void]>} */
  actions() {
    /** @type {Record<string, [string, () => void]>} */ const list = {};
    const titles = { pan: 'select and move', paint: 'paint', erase: 'erase', fill: 'fill', polygon: 'outline, closes by itself', split: 'split by a line; in 3D by the plane behind it', seeds: 'split by seeds', region: 'select the cells in a region', ruler: 'measure a length' };
    for (const [tool, action] of TOOLS) list[action] = [titles[tool], () => this.choose(tool)];
    return Object.assign(list, {
      'brush-smaller': ['smaller brush', () => this.#size(this.radius / 1.25)], 'brush-larger': ['larger brush', () => this.#size(this.radius * 1.25)],
      'brush-3d': ['brush in 3D, on one cell only', () => { this.is3D = !this.is3D; this.updateTools(); }],
      'draw-over': ['draw over everything, background only, the selected cell only', () => this.#nextOver()],
      'new-id': ['next stroke makes a new cell', () => { this.store.select([]); this.toast('the next stroke makes a new cell'); }],
      'delete': ['delete the selected cells', () => this.remove([...this.store.selected])],
      'merge': ['merge the selected cells', () => this.merge([...this.store.selected])],
      'interpolate': ['close the outline; fill between outlines of several planes', () => this.#enter()],
      'collect': ['outlines on some planes, Enter fills between them', () => { this.collects = !this.collects; this.choose('polygon'); }],
      'track-cut': ['cut the track before the selected cell', () => this.#cutTrack()],
      'track-join': ['the selected tracks are one', () => this.#linkTracks((earlier, later) => ({ edit: 'join_tracks', earlier, later }))],
      'track-mother': ['the later selected track is a daughter of the earlier', () => this.#linkTracks((mother, id) => ({ edit: 'set_mother', id, mother }))],
      'undo': ['undo', () => this.#ask('undo')], 'redo': ['redo', () => this.#ask('redo')], 'save': ['save the labels', () => this.#ask('save')],
    });
  }

  /** @param {Tool} tool */
  choose(tool) {
    if (!LOOKING.has(tool) && !this.#mayEdit()) return;
    this.escape();
    this.tool = tool;
    this.updateTools();
    this.redraw();
  }

  /** @param {HTMLElement} bar @param {Map<string, Action>} actions @param {Keys} keys */
  buildTools(bar, actions, keys) {
    bar.replaceChildren();
    for (const [tool, action, icon] of TOOLS) {
      const title = `${actions.get(action)?.title} (${keys.keyOf(action).toUpperCase()})`, button = make('button', { 'data-tool': tool, title, 'aria-label': title });
      button.innerHTML = `<svg viewBox="0 0 18 18" aria-hidden="true">${icon}</svg>`;
      button.onclick = () => this.choose(tool);
      if (!LOOKING.has(tool) && !this.state) button.setAttribute('disabled', '');
      bar.append(button);
    }
    if (!this.state) return;
    const size = /** @type {HTMLInputElement} */ (make('input', { type: 'number', min: '1', max: '400', id: 'brush', 'aria-label': 'brush diameter in voxels', title: 'Brush diameter in voxels ([ ])' }));
    size.onchange = () => this.#size(Number(size.value) / 2);
    const ball = make('button', { 'data-toggle': '3d', title: 'Brush in 3D, on the selected or first cell only (B)', 'aria-label': 'Brush in 3D' }, '3D');
    ball.onclick = () => actions.get('brush-3d')?.run();
    const over = make('button', { 'data-toggle': 'over' });
    over.onclick = () => actions.get('draw-over')?.run();
    const planes = make('button', { 'data-toggle': 'planes', title: 'Outline on some planes, Enter fills between them', 'aria-label': 'Outlines on several planes' });
    planes.innerHTML = '<svg viewBox="0 0 18 18" aria-hidden="true"><ellipse cx="9" cy="4" rx="6" ry="2.200"/><ellipse cx="9" cy="9" rx="6" ry="2.200" stroke-dasharray="2 1.500"/><ellipse cx="9" cy="14" rx="6" ry="2.200"/></svg>';
    planes.onclick = () => actions.get('collect')?.run();
    const swatch = make('div', { class: 'swatch', id: 'swatch', title: 'Cell that is painted; none selected: a new one' });
    bar.append(make('hr'), swatch, make('label', { for: 'brush' }, 'brush'), size, over, ball, planes);
    this.updateTools();
  }

  updateTools() {
    for (const button of document.querySelectorAll('#tools [data-tool]')) button.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (button).dataset.tool === this.tool));
    document.querySelector('#tools [data-toggle="3d"]')?.setAttribute('aria-pressed', String(this.is3D));
    document.querySelector('#tools [data-toggle="planes"]')?.setAttribute('aria-pressed', String(this.collects));
    const over = document.querySelector('#tools [data-toggle="over"]');
    if (over) {
      const [text, title] = OVER[this.over];
      over.textContent = this.over === 'Cell' ? String(this.overCell) : text;
      over.setAttribute('aria-pressed', String(this.over !== 'All'));
      for (const name of ['title', 'aria-label']) over.setAttribute(name, `${this.over === 'Cell' ? `Draw over cell ${this.overCell} only` : title} (O)`);
    }
    const size = /** @type {HTMLInputElement | null} */ (document.getElementById('brush'));
    if (size) size.value = String(Math.round(2 * this.radius));
    const swatch = document.getElementById('swatch'), id = this.#selectedOne();
    if (swatch) {
      swatch.style.background = id ? this.store.cssColor(id) : 'transparent';
      swatch.textContent = id ? String(id) : 'new';
    }
    for (const slice of this.slices) slice.element.classList.toggle('draw', this.tool !== 'pan');
    const saving = document.getElementById('saving'), pill = document.getElementById('unsaved');
    if (!saving || !pill) return;
    saving.hidden = !this.state;
    if (!this.state) return;
    pill.textContent = this.state.is_dirty ? 'unsaved changes' : 'saved';
    pill.classList.toggle('dirty', this.state.is_dirty);
    /** @type {[string, boolean][]} */ ([['undo', this.state.can_undo], ['redo', this.state.can_redo], ['save', this.state.is_dirty]]).forEach(([action, on]) =>
      document.querySelector(`#saving [data-action="${action}"]`)?.toggleAttribute('disabled', !on));
  }

  // ---- mouse on slices; each answers whether it was meant for a tool

  /** @param {SliceView} view @param {Point} at @param {PointerEvent} event @param {'cursor' | 'outline'} rightClick */
  down(view, at, event, rightClick) {
    const id = view.read(at).id ?? 0;
    if (event.button === 0 && (event.ctrlKey || event.metaKey) && id) return this.remove([id]), true;
    if (event.button === 0 && event.altKey && id) return this.merge([...this.store.selected, id]), true;
    if (event.button === 2) return rightClick === 'outline' && this.#mayEdit() && this.#rightClick(view, at);
    if (event.button !== 0 || this.tool === 'pan') return this.#outline !== null && event.button === 0 ? (this.#addPoint(view, at, event), true) : false;
    if (!view.contains(at)) return true;
    switch (this.tool) {
      case 'paint': case 'erase': this.#beginStroke(view, at); break;
      case 'fill': this.#send({ edit: 'fill', id: this.#selectedOne(), at: rounded(at), plane: planeOf(view), is3_d: this.is3D }); break;
      case 'polygon': case 'region': this.#addPoint(view, at, event); break;
      case 'split': if (id) this.store.select([id]); this.#cut = { view, from: at, to: at }; break;
      case 'seeds': this.#seed(at, id); break;
      case 'ruler': this.#ruler = { view, from: at, to: at, drags: true }; break;
    }
    this.redraw();
    return true;
  }

  /** @param {SliceView} view @param {Point} at */
  move(view, at) {
    this.#pointer = { view, at };
    if (this.#stroke?.view === view) this.#strokeTo(at);
    if (this.#outline?.view === view && this.#outline.drags) this.#trace(at);
    if (this.#cut) this.#cut.to = at;
    if (this.#ruler?.drags) this.#ruler.to = at;
    this.redraw();
  }

  /** The length that is measured, in micrometres; null for none. */
  get length() {
    if (!this.#ruler) return null;
    const { from, to } = this.#ruler, v = this.store.scene.grid.voxel_um;
    return Math.hypot((to.z - from.z) * v.z, (to.y - from.y) * v.y, (to.x - from.x) * v.x);
  }

  /**
   * Without a button pressed.
   * @param {SliceView} view
   * @param {Point} at
   */
  hover(view, at) {
    this.#pointer = { view, at };
    if (this.#outline?.view === view && this.#outline.free) {
      this.#trace(at);
      if (this.#outline && this.#outline.points.length > 12 && this.#isNear(view, at, this.#outline.points[0])) this.#close();
    }
    if (this.tool !== 'pan' || this.#outline) this.redraw();
  }

  /** @param {SliceView} view @param {Point} at */
  up(view, at) {
    if (this.#ruler) this.#ruler.drags = false;
    if (this.#stroke) this.#endStroke();
    if (this.#outline?.drags) {
      this.#outline.drags = false;
      // a drag draws it in one go, and closes by itself; a click was one corner of many
      if (this.#length(this.#outline) > 25) this.#close();
    }
    if (this.#cut) {
      const { from } = this.#cut, id = this.#selectedOne();
      this.#cut = null;
      const [ax, ay] = view.toScreen(from), [bx, by] = view.toScreen(at);
      if (Math.hypot(ax - bx, ay - by) > 5) {
        const cell = id ?? view.read({ z: (from.z + at.z) / 2, y: (from.y + at.y) / 2, x: (from.x + at.x) / 2 }).id;
        if (cell) this.#send({ edit: 'split_line', id: cell, from, to: at, plane: planeOf(view), is3_d: this.store.scene.grid.shape.z > 1 });
        else this.toast('select the cell to split first, or begin the line on it', true);
      }
    }
    this.redraw();
  }

  cancel() {
    if (this.#stroke) this.#endStroke();
    this.#cut = this.#ruler = null;
  }

  /** Gives up what was begun; whether there was something. */
  escape() {
    const had = this.#outline !== null || this.#cut !== null || this.#cut3D !== null || this.#ruler !== null || this.#seeds.length > 0 || this.#outlines.length > 0;
    this.#outline = this.#cut = this.#cut3D = this.#ruler = null;
    this.#seeds = [];
    this.#outlines = [];
    this.redraw();
    return had;
  }

  /** @param {number} id @param {MouseEvent} event */
  pickedIn3D(id, event) {
    if (id && (event.ctrlKey || event.metaKey)) return this.remove([id]), true;
    if (id && event.altKey) return this.merge([...this.store.selected, id]), true;
    return false;
  }

  // ---- a line on the 3D view, which cuts by the plane behind it

  /** @param {number} x @param {number} y @param {PointerEvent} event */
  downIn3D(x, y, event) {
    if (this.tool !== 'split' || event.button !== 0 || event.ctrlKey || event.metaKey || event.altKey) return false;
    this.#cut3D = { from: [x, y], to: [x, y] };
    return true;
  }

  /** @param {number} x @param {number} y */
  moveIn3D(x, y) {
    if (this.#cut3D) this.#cut3D.to = [x, y];
    this.volume.drawOver();
  }

  /** Ends the line; false where it was only a click. */
  upIn3D() {
    const cut = this.#cut3D;
    this.#cut3D = null;
    this.volume.drawOver();
    if (!cut || Math.hypot(cut.from[0] - cut.to[0], cut.from[1] - cut.to[1]) < 5) return false;
    const id = this.#selectedOne() ?? this.volume.idAt((cut.from[0] + cut.to[0]) / 2, (cut.from[1] + cut.to[1]) / 2);
    if (id) this.#send({ edit: 'split_plane', id, ...planeBehind(this.volume, this.store, cut.from, cut.to) });
    else this.toast('select the cell to split first, or draw the middle of the line over it', true);
    return true;
  }

  /** @param {number[]} ids */
  remove(ids) {
    if (ids.length === 0) return this.toast('select the cells to delete');
    if (this.#send({ edit: 'delete', ids })) this.store.select([]);
  }

  /** @param {number[]} ids */
  merge(ids) {
    const cells = [...new Set(ids)];
    if (cells.length < 2) return this.toast('select two cells or more to merge');
    if (this.#send({ edit: 'merge', ids: cells })) this.store.select([cells[0]]);
  }

  // ---- tracks

  /**
   * The time points a track begins and ends with; null where it is unknown.
   * @type {(track: number) => [number, number] | null}
   */
  spanOf = () => null;

  #cutTrack() {
    const id = this.#selectedOne();
    if (!id) return this.toast('select the cell whose track is to be cut before it');
    this.#send({ edit: 'cut_track', id });
  }

  /** @param {(earlier: number, later: number) => {edit: string, [name: string]: unknown}} command */
  #linkTracks(command) {
    const spans = [...this.store.selected].map(id => ({ id, span: this.spanOf(id) })), [a, b] = spans;
    if (spans.length !== 2 || !a.span || !b.span) return this.toast('select two tracks, in the views or with Shift in the tree');
    this.#send(a.span[0] <= b.span[0] ? command(a.id, b.id) : command(b.id, a.id));
  }

  // ---- answers

  /** Whether every edit was answered. */
  get isAnswered() {
    return this.#unanswered.size === 0;
  }

  /** @param {{serial: number | null, version: number, boxes: {time: number, box: {z: number, y: number, x: number, depth: number, height: number, width: number}}[], new_ids: number[], state: EditState, saved?: string}} message */
  edited(message) {
    this.store.labelVersion = message.version;
    this.slices[0].tiles.outdate(message.boxes, message.version);
    const answered = this.#unanswered.get(message.serial ?? 0);
    if (answered !== undefined) {
      this.#unanswered.delete(message.serial ?? 0);
      for (const echo of this.#echoes) if (echo.version === answered) echo.version = -message.version;   // in tiles of this version
      // another page may have come first: what was drawn here by guess is looked at again, wherever the edit made its change
      this.slices[0].tiles.forgetEchoes(answered);
      const made = message.new_ids[0];
      const stroke = this.#stroke, ending = this.#ending;
      // nothing is made where nothing may be drawn over: the stroke goes on as it began
      if (stroke && stroke.waits === message.serial) [stroke.id, stroke.waits, stroke.started] = [made ?? null, 0, made !== undefined];
      if (made && this.#draws) this.store.select([made]);
      if (stroke && !stroke.waits) this.#flush();
      if (ending && ending.waits === message.serial) this.#finishEnding(made ?? null);
    }
    if (message.saved) this.toast(`saved in ${message.saved}`);
    this.setState(message.state);
    this.store.emit('edited');
  }

  /**
   * The server did not do what was asked: what was drawn here goes away again.
   * @param {{serial: number, message: string, version: number, state: EditState | null}} message
   */
  refused(message) {
    this.toast(message.message, true);
    this.failed(message.serial);
    this.setState(message.state);
  }

  /**
   * A message that could not be used; nothing where it was no edit.
   * @param {number | undefined} serial
   */
  failed(serial) {
    const answered = this.#unanswered.get(serial ?? 0);
    if (answered === undefined) return;
    this.#unanswered.delete(serial ?? 0);
    this.#echoes = this.#echoes.filter(e => e.version !== answered);
    this.#stroke = this.#ending = null;
    this.slices[0].tiles.forgetLabels();
    this.redraw();
  }

  /**
   * After an interruption nothing is known of what was asked before it: all is read anew.
   * @param {import('./types.js').Info} info
   */
  reconnect(info) {
    this.#unanswered.clear();
    this.#echoes = [];
    this.#stroke = this.#ending = null;
    this.store.labelVersion = info.label_version;
    this.slices[0].tiles.forgetLabels();
    this.setState(info.editing ?? null);
    this.store.emit('edited');
  }

  // ---- strokes

  /** @param {SliceView} view @param {Point} at */
  #beginStroke(view, at) {
    this.#stroke = { view, points: [at], sent: 0, at: performance.now(), id: this.tool === 'erase' ? 0 : this.#drawn(), waits: 0, started: false };
    this.#echo(view, at, at);
    this.#flush();
  }

  /** @param {Point} at */
  #strokeTo(at) {
    const stroke = this.#stroke;
    if (!stroke) return;
    const last = stroke.points[stroke.points.length - 1];
    stroke.points.push(at);
    this.#echo(stroke.view, last, at);
    // a stroke is sent in pieces, so that little is lost whatever happens in the midst of it
    if (performance.now() - stroke.at > PIECE_MS && !stroke.waits) this.#flush();
  }

  /**
   * The end of a stroke whose cell has no number yet.
   * @type {{view: SliceView, points: Point[], waits: number} | null}
   */
  #ending = null;

  #endStroke() {
    const stroke = this.#stroke;
    this.#stroke = null;
    if (!stroke) return;
    if (stroke.waits) this.#ending = { view: stroke.view, waits: stroke.waits, points: stroke.points.slice(Math.max(0, stroke.sent - 1)) };
    else if (stroke.points.length > stroke.sent) this.#sendPiece(stroke, stroke.points.slice(Math.max(0, stroke.sent - 1)));
  }

  /** @param {number | null} id */
  #finishEnding(id) {
    const ending = this.#ending;
    this.#ending = null;
    if (ending && ending.points.length > 1) this.#sendPiece({ view: ending.view, id, started: id !== null }, ending.points);
  }

  #flush() {
    const stroke = this.#stroke;
    if (!stroke || stroke.points.length === stroke.sent) return;
    const piece = stroke.points.slice(Math.max(0, stroke.sent - 1));
    stroke.sent = stroke.points.length;
    stroke.at = performance.now();
    const serial = this.#sendPiece(stroke, piece);
    stroke.started = true;
    if (stroke.id === null) stroke.waits = serial;
  }

  /** @param {{view: SliceView, id: number | null, started: boolean}} stroke @param {Point[]} points */
  #sendPiece(stroke, points) {
    const over = this.#over();
    const common = { points, radius: this.radius, plane: planeOf(stroke.view), is3_d: this.is3D, continues: stroke.started, ...over ? { over } : {} };
    return this.#send(stroke.id === 0 ? { edit: 'erase', ...common } : { edit: 'paint', id: stroke.id, ...common });
  }

  // the cell that is drawn; null for a new one: over one cell only, another one is made in it
  #drawn() {
    const id = this.#selectedOne();
    return this.over === 'Cell' && id === this.overCell ? null : id;
  }

  // in 3D a brush must not scar what lies behind
  #over() {
    if (this.over === 'Cell') return { policy: 'Cell', id: this.overCell };
    if (this.over === 'Background' && this.tool !== 'erase') return { policy: 'Background' };
    if (!this.is3D) return null;
    const id = this.#selectedOne();
    return this.tool === 'erase' && id ? { policy: 'Cell', id } : { policy: 'FirstHit' };
  }

  // what of `#over` this page can foresee
  /** @param {Point} start @param {SliceView} view @param {number} id @returns {(found: number) => boolean} */
  #foreseen(start, view, id) {
    const over = this.#over(), first = over?.policy === 'FirstHit' ? view.read(start).id ?? 0 : 0;
    switch (over?.policy) {
      case 'Cell': return found => found === over.id || found === id;
      case 'Background': case 'FirstHit': return found => found === first || found === id;
      default: return () => true;
    }
  }

  #nextOver() {
    const id = this.#selectedOne();
    if (this.over === 'Background' && !id) this.toast('select a cell to draw over that one only');
    this.over = this.over === 'All' ? 'Background' : this.over === 'Background' && id ? 'Cell' : 'All';
    this.overCell = this.over === 'Cell' ? id ?? 0 : 0;
    this.updateTools();
  }

  /** @param {SliceView} view @param {Point} from @param {Point} to */
  #echo(view, from, to) {
    const id = this.tool === 'erase' ? 0 : this.#stroke?.id ?? (this.state?.largest_id ?? 0) + 1;
    const over = this.#foreseen(this.#stroke?.points[0] ?? from, view, id);
    if (!this.store.colors.has(id) && id) this.store.colors.set(id, 0xffffd27f);
    const echo = { time: this.store.scene.time, view, index: view.index, from, to, radius: this.radius, id, over, version: this.#sent + 1 };
    this.#echoes = [...this.#echoes.filter(e => e.version > 0 || -e.version >= this.store.labelVersion - 4), echo];
    for (const tile of view.tiles.labelsOf(echo.time, view.plane, Math.floor(echo.index))) this.#echoOne(tile, echo);
  }

  /**
   * Draws what the tile, fresh from the server, cannot have yet.
   * @param {Tile} tile
   */
  #echoInto(tile) {
    for (const echo of this.#echoes) {
      const start = `labels/${echo.time}/${echo.view.plane}/${Math.floor(echo.index)}/`;
      if (tile.key.startsWith(start) && (echo.version > 0 || tile.version < -echo.version)) this.#echoOne(tile, echo);
    }
  }

  /** @param {Tile} tile @param {Echo} echo */
  #echoOne(tile, echo) {
    const ids = tile.ids;
    if (!ids) return;
    if (echo.version > 0) tile.echo = echo.version;
    const [level, row, column] = tile.key.split('/').slice(-3).map(Number), step = 2 ** level, side = this.store.info.tile;
    const { right, down } = echo.view.axes, voxel = this.store.scene.grid.voxel_um, unit = voxel.x;
    const [sx, sy] = [voxel[right] / unit, voxel[down] / unit], r = echo.radius;
    const [ax, ay, bx, by] = [echo.from[right] * sx, echo.from[down] * sy, echo.to[right] * sx, echo.to[down] * sy], length = (bx - ax) ** 2 + (by - ay) ** 2;
    const bound = (/** @type {number} */ v, /** @type {number} */ origin, /** @type {number} */ most) => Math.max(0, Math.min(most, Math.floor(v / step) - origin * side));
    const [x0, x1] = [bound((Math.min(ax, bx) - r) / sx, column, tile.width), bound((Math.max(ax, bx) + r) / sx + step, column, tile.width - 1)];
    const [y0, y1] = [bound((Math.min(ay, by) - r) / sy, row, tile.height), bound((Math.max(ay, by) + r) / sy + step, row, tile.height - 1)];
    const [nx, ny] = [Math.round(echo.to[right]), Math.round(echo.to[down])];
    for (let y = y0; y <= y1; y++) {
      for (let x = x0; x <= x1; x++) {
        const vx = (column * side + x) * step + (step >> 1), vy = (row * side + y) * step + (step >> 1), px = vx * sx - ax, py = vy * sy - ay;
        const share = length > 0 ? Math.max(0, Math.min(1, (px * (bx - ax) + py * (by - ay)) / length)) : 0;
        const inside = (px - share * (bx - ax)) ** 2 + (py - share * (by - ay)) ** 2 <= r * r || (vx === nx && vy === ny);
        if (inside && echo.over(ids[y * tile.width + x])) ids[y * tile.width + x] = echo.id;
      }
    }
    const d = tile.dirty;
    tile.dirty = d ? [Math.min(d[0], x0), Math.min(d[1], y0), Math.max(d[2], x1), Math.max(d[3], y1)] : [x0, y0, x1, y1];
  }

  // ---- outlines

  /** @param {SliceView} view @param {Point} at */
  #rightClick(view, at) {
    if (this.#outline?.view === view) this.#close();
    else this.#outline = { view, points: [at], free: true, drags: false };
    this.redraw();
    return true;
  }

  /** @param {SliceView} view @param {Point} at @param {PointerEvent} event */
  #addPoint(view, at, event) {
    if (this.#outline && this.#outline.view !== view) this.#outline = null;
    if (!this.#outline) this.#outline = { view, points: [at], free: false, drags: true };
    else if (this.#outline.points.length > 2 && (event.detail > 1 || this.#isNear(view, at, this.#outline.points[0]))) return this.#close();
    else {
      this.#outline.points.push(at);
      this.#outline.drags = true;
    }
  }

  /** @param {Point} at */
  #trace(at) {
    if (!this.#outline) return;
    const { view, points } = this.#outline, [ax, ay] = view.toScreen(points[points.length - 1]), [bx, by] = view.toScreen(at);
    if (Math.hypot(ax - bx, ay - by) >= 2) points.push(at);
  }

  /** @param {SliceView} view @param {Point} a @param {Point} b */
  #isNear(view, a, b) {
    const [ax, ay] = view.toScreen(a), [bx, by] = view.toScreen(b);
    return Math.hypot(ax - bx, ay - by) < CLOSES;
  }

  /** @param {{view: SliceView, points: Point[]}} outline */
  #length({ view, points }) {
    let sum = 0;
    for (let n = 1; n < points.length; n++) {
      const [ax, ay] = view.toScreen(points[n - 1]), [bx, by] = view.toScreen(points[n]);
      sum += Math.hypot(ax - bx, ay - by);
    }
    return sum;
  }

  #close() {
    const outline = this.#outline;
    this.#outline = null;
    if (!outline || outline.points.length < 3) return;
    if (this.tool === 'region') {
      const cells = cellsInside(outline.view, outline.points);
      this.store.select(cells);
      this.toast(`${cells.length} cell${cells.length === 1 ? '' : 's'} selected; Delete removes them`);
    } else if (this.collects) {
      this.#outlines.push({ time: this.store.scene.time, plane: outline.view.plane, points: outline.points });
      this.toast(`${this.#outlines.length} outline${this.#outlines.length > 1 ? 's' : ''}: go to another plane and draw the next; Enter fills between them`);
    } else {
      this.#send({ edit: 'polygon', id: null, points: outline.points, plane: planeOf(outline.view), ...this.over === 'Cell' ? { over: this.#over() } : {} });
    }
    this.redraw();
  }

  #enter() {
    if (this.#outline) return this.#close();
    if (this.#seeds.length > 1) return this.#splitBySeeds();
    const plane = this.#outlines[0]?.plane, outlines = this.#outlines.filter(o => o.plane === plane);
    if (outlines.length === 0) return;
    this.#send({ edit: 'interpolate', id: null, outlines: outlines.map(o => ({ points: o.points })), plane: plane.toUpperCase() });
    this.#outlines = [];
    this.redraw();
  }

  // ---- seeds

  /** @param {Point} at @param {number} id */
  #seed(at, id) {
    if (!id) return this.toast('click into the cell that is to be split, once for each part');
    if (this.#seeds.length === 0) this.store.select([id]);
    if (id !== this.#selectedOne()) return this.toast('all seeds must be in one cell');
    this.#seeds.push(rounded(at));
    if (this.#seeds.length === 2) this.toast('Enter splits; click more seeds for more parts');
  }

  #splitBySeeds() {
    const id = this.#selectedOne();
    if (id) this.#send({ edit: 'split_seeds', id, seeds: this.#seeds });
    this.#seeds = [];
    this.redraw();
  }

  // ----

  /** @param {number} radius */
  #size(radius) {
    this.radius = Math.max(0.5, Math.min(200, radius));
    this.updateTools();
    this.redraw();
  }

  #selectedOne() {
    return this.store.selected.size === 1 ? [...this.store.selected][0] : null;
  }

  #mayEdit() {
    if (!this.state) this.toast(this.store.scene.labels ? 'these labels can only be looked at' : 'there are no labels to edit', true);
    return this.state !== null;
  }

  /**
   * Sends an edit.
   * @param {{edit: string, [name: string]: unknown}} command
   * @returns {number} its number; 0 where nothing can be edited
   */
  #send(command) {
    if (!this.#mayEdit()) return 0;
    this.#draws = ['paint', 'fill', 'polygon', 'interpolate'].includes(command.edit);
    const serial = this.store.send({ ...command, time: this.store.scene.time });
    this.#unanswered.set(serial, ++this.#sent);
    return serial;
  }

  /** @param {'undo' | 'redo' | 'save'} what */
  #ask(what) {
    if (this.#mayEdit()) this.#unanswered.set(this.store.send({ ask: what }), ++this.#sent);
  }

  /** @param {number} count */
  #banner(count) {
    const banner = document.getElementById('banner');
    if (!banner) return;
    const close = make('button', {}, 'close');
    close.onclick = () => { banner.hidden = true; };
    banner.className = '';
    banner.replaceChildren(make('span', {}, `${count} change${count > 1 ? 's' : ''} of last time had not been saved and were recovered. Save keeps them, undo takes them back.`), close);
    banner.hidden = false;
  }

  /** @param {CanvasRenderingContext2D} context @param {SliceView} view */
  #draw(context, view) {
    context.save();
    context.lineJoin = 'round';
    for (const outline of this.#outlines) {
      if (outline.plane !== view.plane) continue;
      const here = Math.round(outline.points[0][view.axes.through]) === view.index;
      context.globalAlpha = here ? 1 : 0.35;
      context.setLineDash(here ? [] : [4, 4]);
      path(context, outline.points.map(p => view.toScreen(p)), true, '#ffd27f');
    }
    context.globalAlpha = 1;
    context.setLineDash([]);
    if (this.#outline?.view === view) {
      const points = this.#outline.points.map(p => view.toScreen(p));
      path(context, [...points, ...this.#pointer?.view === view && !this.#outline.drags ? [view.toScreen(this.#pointer.at)] : []], false, '#ffffff');
      context.beginPath();
      context.arc(...points[0], CLOSES, 0, 7);
      context.strokeStyle = '#6cb6ff';
      context.stroke();
    }
    if (this.#cut?.view === view) {
      context.setLineDash([6, 4]);
      path(context, [view.toScreen(this.#cut.from), view.toScreen(this.#cut.to)], false, '#ffffff');
      context.setLineDash([]);
    }
    if (this.#ruler?.view === view) {
      const from = view.toScreen(this.#ruler.from), to = view.toScreen(this.#ruler.to), unit = this.store.info.has_voxel_size ? 'µm' : 'voxels';
      path(context, [from, to], false, '#ffffff');
      context.font = '600 13px system-ui, "DejaVu Sans", sans-serif';
      context.lineWidth = 4;
      context.strokeStyle = 'rgba(0, 0, 0, .75)';
      context.fillStyle = '#ffffff';
      const text = `${numberText(Number((this.length ?? 0).toPrecision(6)))} ${unit}`;
      context.strokeText(text, to[0] + 10, to[1] - 8);
      context.fillText(text, to[0] + 10, to[1] - 8);
    }
    for (const seed of this.#seeds) {
      const [x, y] = view.toScreen(seed);
      context.beginPath();
      context.arc(x, y, 5, 0, 7);
      context.fillStyle = '#6cb6ff';
      context.fill();
      context.strokeStyle = '#fff';
      context.stroke();
    }
    if (this.#pointer?.view === view && (this.tool === 'paint' || this.tool === 'erase')) {
      const [x, y] = view.toScreen(this.#pointer.at), voxel = this.store.scene.grid.voxel_um, r = this.radius * voxel.x * view.sight.zoom;
      context.beginPath();
      context.arc(x, y, Math.max(1, r), 0, 7);
      context.strokeStyle = this.tool === 'erase' ? '#ff8a80' : '#ffffff';
      context.lineWidth = 1.3;
      context.stroke();
    }
    context.restore();
  }
}

/** @param {SliceView} view */
function planeOf(view) {
  return view.plane.toUpperCase();
}

/** @param {Point} p @returns {Point} */
function rounded(p) {
  return { z: Math.round(p.z), y: Math.round(p.y), x: Math.round(p.x) };
}

/** @param {CanvasRenderingContext2D} context @param {[number, number][]} points @param {boolean} closed @param {string} color */
function path(context, points, closed, color) {
  context.beginPath();
  points.forEach(([x, y], n) => n === 0 ? context.moveTo(x, y) : context.lineTo(x, y));
  if (closed) context.closePath();
  context.strokeStyle = 'rgba(0, 0, 0, .6)';
  context.lineWidth = 3.5;
  context.stroke();
  context.strokeStyle = color;
  context.lineWidth = 1.6;
  context.stroke();
}
