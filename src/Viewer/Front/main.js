import { Link, byId, getJson, make, oneAtATime } from './net.js';
import { Store, isShown } from './store.js';
import { TileStore, context2d } from './tiles.js';
import { Sight, SliceView } from './slice.js';
import { VolumeView } from './volume.js';
import { LayerPanel } from './layers.js';
import { CellTable } from './table.js';
import { Lineage } from './lineage.js';
import { Keys } from './keys.js';
import { Editing } from './edit.js';
import { PlaneGrips } from './planes.js';
import { Palette } from './palette.js';
import { acceptFiles } from './drop.js';
import { SegmentPanel } from './segment.js';
import { numberText } from './scale.js';

/** @typedef {import('./types.js').Hello} Hello */
/** @typedef {import('./types.js').Action} Action */
/** @typedef {import('./types.js').Plane} Plane */
/** @typedef {import('./types.js').Point} Point */

/** @type {Plane[]} */ const PLANES = ['xy', 'xz', 'zy'];
const LAYOUTS = ['quad', 'xy', 'xz', 'zy', 'volume'];
const TABS = ['layers', 'cells', 'segment'];
const FRAMES_A_SECOND = 8;

// the token is in a cookie by now: it need not stay in the address, where a screenshot or a history shows it
history.replaceState(null, '', location.pathname);

/** @param {string} text @param {boolean} [bad] */
export function toast(text, bad = false) {
  const note = make('div', bad ? { class: 'bad' } : {}, text);
  byId('toasts').append(note);
  setTimeout(() => note.remove(), bad ? 7000 : 3500);
}

/** The page, once the server has said what there is. */
class App {
  /** @type {Map<string, Action>} */ actions = new Map();
  sight = new Sight();
  #playing = false;
  #reloads = false;
  /** @type {Lineage | null} */ lineage = null;
  /** @type {Point | null} */ pointer = null;

  /** @param {Hello} hello @param {Link} link */
  constructor(hello, link) {
    this.link = link;
    this.store = new Store(hello.scene, hello.info, message => link.send(message));
    this.title = hello.title;
    this.tiles = new TileStore(this.store, () => this.drawSlices());
    this.slices = PLANES.map(plane => new SliceView(byId(`view-${plane}`), plane, this.store, this.tiles, this.sight));
    this.volume = new VolumeView(byId('view-volume'), this.store);
    this.planes = new PlaneGrips(this.volume, this.store);
    this.layers = new LayerPanel(byId('panel-layers'), this.store, { shuffle: () => this.run('shuffle') });
    this.table = new CellTable(this.store, {
      table: byId('table'), filter: /** @type {HTMLInputElement} */ (byId('filter')), columns: byId('columns'), list: byId('column-list'), facts: byId('table-facts'),
      show: (_, at) => this.goTo(at), loaded: features => { this.layers.features = features; this.layers.update(); },
    });
    this.keys = new Keys(this.actions);
    this.editing = new Editing(this.store, this.slices, this.volume, toast, () => this.drawSlices());
    this.segment = hello.info.segmentation ? new SegmentPanel(byId('panel-segment'), this.store, this.slices, { state: () => this.editing.state, toast, redraw: () => this.drawSlices() }) : null;
    byId('tab-segment').hidden = !this.segment;
    this.#defineActions();
    this.palette = new Palette(/** @type {HTMLDialogElement} */ (byId('palette')), this.actions, this.keys);
    acceptFiles(hello.largest_drop, toast);
    this.#wire();
    const flat = hello.scene.grid.shape.z === 1;
    this.setLayout(flat ? 'xy' : 'quad');
    if (flat) byId('row-z').hidden = true;
    if (hello.scene.frames > 1) byId('row-t').hidden = false;
    if (!hello.scene.labels) byId('tab-cells').hidden = true;
    this.#facts();
    this.#sliders();
    void this.keys.load(hello.keys).then(() => this.editing.buildTools(byId('tools'), this.actions, this.keys));
    if (hello.info.has_tracks) void this.#loadTracks();
    if (hello.colors > 0) void this.store.fetchColors(hello.colors, null);
    if (hello.scene.labels) void this.table.refresh();
  }

  /** @param {any} message */
  onMessage(message) {
    switch (message.type) {
      case 'command': this.store.hear(message.command, message.done); break;
      case 'done': this.store.confirm(message.done); break;
      case 'scene': this.store.reset(message.scene, message.done); break;
      case 'colors': void this.store.fetchColors(message.version, message.low === null ? null : [message.low, message.high]); break;
      case 'picked': this.volume.picked(message); break;
      case 'edited': this.editing.edited(message); break;
      case 'refused': this.editing.refused(message); break;
      case 'compared': this.store.info.compared = message.compared; this.layers.build(); this.drawSlices(); break;
      case 'reload': this.#reloads = true; location.reload(); break;
      case 'tracks': void this.#fetchTracks(); break;
      case 'segmentation': this.segment?.onStatus(message); break;
      case 'error': toast(message.message, true); this.editing.failed(message.serial); break;
    }
  }

  /** @param {string} id */
  run(id) {
    this.actions.get(id)?.run();
  }

  drawSlices() {
    for (const slice of this.slices) slice.draw();
  }

  drawAll() {
    this.drawSlices();
    this.volume.drawOver();
  }

  /** @param {string} layout */
  setLayout(layout) {
    document.body.dataset.layout = layout;
    for (const slice of this.slices) slice.resize();
    this.fitSlices();
    this.volume.resize();
    for (const [id, on] of [['layout-quad', layout === 'quad'], ['layout-xy', PLANES.includes(/** @type {Plane} */ (layout))], ['layout-volume', layout === 'volume']]) {
      document.querySelector(`#bar [data-action="${id}"]`)?.setAttribute('aria-pressed', String(on));
    }
  }

  fitSlices() {
    const seen = this.slices.filter(s => s.element.offsetParent !== null);
    if (seen.length === 0) return;
    seen[0].fit();
    this.sight.zoom = Math.min(...seen.map(s => s.fitZoom()));
    this.drawSlices();
  }

  /**
   * Brings a place into all views.
   * @param {Point} at
   */
  goTo(at) {
    this.store.moveCursor(at);
    for (const slice of this.slices) {
      if (slice.element.offsetParent === null) continue;
      const [x, y] = slice.toScreen(at), { right, down } = slice.axes, voxel = this.store.scene.grid.voxel_um;
      if (x < 20 || y < 20 || x > slice.width - 20 || y > slice.height - 20) {
        this.sight.middle[right] = (at[right] + 0.5) * voxel[right];
        this.sight.middle[down] = (at[down] + 0.5) * voxel[down];
      }
    }
    this.drawSlices();
  }

  #fetchTracks = oneAtATime(async () => {
    const tracks = await getJson('tracks');
    this.lineage?.setTracks(tracks);
    this.drawSlices();
  });

  async #loadTracks() {
    byId('lineage').hidden = false;
    this.editing.spanOf = id => this.lineage?.spanOf(id) ?? null;
    this.lineage = new Lineage(byId('lineage'), this.store, (track, time, adds) => {
      if (adds) return this.store.select([this.lineage?.labelAt(track, time) ?? 0], 'Add');
      if (time !== this.store.scene.time) this.store.run({ do: 'time', time });
      const label = this.lineage?.labelAt(track, time), point = track.points.find(p => p[0] === time);
      if (label) this.store.select([label]);
      if (point) this.goTo({ z: point[2], y: point[3], x: point[4] });
    });
    for (const slice of this.slices) slice.overlays.push((context, view) => this.lineage?.drawTails(context, view, this.store.scene.tail_length));
    await this.#fetchTracks();
    for (const slice of this.slices) slice.resize();                        // the tree took some of their place
    this.fitSlices();
    this.drawAll();
  }

  #facts() {
    const { grid, frames, images } = this.store.scene, v = grid.voxel_um, s = grid.shape;
    byId('name').textContent = this.title;
    document.title = `${this.title} – cellpose3d`;
    byId('facts').textContent = [
      frames > 1 ? `${frames} time points` : '', `${s.z > 1 ? `${s.z} × ` : ''}${s.y} × ${s.x} voxels`,
      this.store.info.has_voxel_size ? `${s.z > 1 ? `${numberText(v.z)} × ` : ''}${numberText(v.y)} × ${numberText(v.x)} µm` : 'voxel size unknown', images.length > 1 ? `${images.length} channels` : '',
    ].filter(Boolean).join('  ·  ');
  }

  #sliders() {
    const { grid, frames, cursor, time } = this.store.scene;
    const [z, t] = [byId('slide-z'), byId('slide-t')].map(e => /** @type {HTMLInputElement} */ (e));
    [z.max, z.value, t.max, t.value] = [String(grid.shape.z - 1), String(cursor.z), String(frames - 1), String(time)];
    byId('at-z').textContent = `${cursor.z + 1} / ${grid.shape.z}   ${numberText((cursor.z + 0.5) * grid.voxel_um.z)} µm`;
    byId('at-t').textContent = `${time + 1} / ${frames}`;
  }

  #wire() {
    const { store } = this;
    store.on('cursor', () => { this.tiles.forgetWishes(); this.#sliders(); this.drawSlices(); });
    store.on('time', () => { this.tiles.forgetWishes(); this.#sliders(); this.drawAll(); });
    store.on('images labels colors hover edited tails', () => this.drawSlices());
    store.on('picture', () => this.#stats());
    store.on('labels edited colors', () => this.editing.updateTools());
    const [z, t] = [byId('slide-z'), byId('slide-t')].map(e => /** @type {HTMLInputElement} */ (e));
    z.oninput = () => store.moveCursor({ ...store.scene.cursor, z: Number(z.value) });
    t.oninput = () => store.run({ do: 'time', time: Number(t.value) });
    byId('play').onclick = () => this.run('play');
    for (const button of document.querySelectorAll('#bar [data-action]')) button.addEventListener('click', () => this.run(/** @type {HTMLElement} */ (button).dataset.action ?? ''));
    for (const name of TABS) byId(`tab-${name}`).onclick = () => this.#tab(name);
    for (const slice of this.slices) this.#wireSlice(slice);
    this.#wireVolume();
    for (const view of document.querySelectorAll('.view')) {
      view.addEventListener('contextmenu', e => e.preventDefault());
      view.addEventListener('pointerleave', () => { byId('tip').hidden = true; store.hover(0); this.pointer = null; this.drawSlices(); });
    }
    addEventListener('beforeunload', e => { if (this.editing.isDirty && !this.#reloads) e.preventDefault(); });
  }

  /** @param {string} name */
  #tab(name) {
    for (const other of TABS) {
      byId(`tab-${other}`).setAttribute('aria-selected', String(other === name));
      byId(`panel-${other}`).hidden = other !== name;
    }
    this.segment?.show(name === 'segment');
    if (name === 'cells') void this.table.refresh();
  }

  /** @param {SliceView} slice */
  #wireSlice(slice) {
    const { element } = slice, { store } = this;
    /** @type {{x: number, y: number, moved: boolean, tool: boolean, button: number} | null} */ let drag = null;
    element.onpointerdown = e => {
      element.focus({ preventScroll: true });
      const at = slice.toVoxel(e.offsetX, e.offsetY);
      const pans = e.button === 1 || this.keys.isPanning;
      const tool = !pans && this.editing.down(slice, at, e, this.keys.profile.rightClick);
      if (!tool && e.button === 2) return this.goTo(at);
      element.setPointerCapture(e.pointerId);
      drag = { x: e.clientX, y: e.clientY, moved: false, tool, button: e.button };
      if (e.button === 1) e.preventDefault();
    };
    element.onpointermove = e => {
      const box = element.getBoundingClientRect(), at = slice.toVoxel(e.clientX - box.left, e.clientY - box.top);
      this.pointer = at;
      if (drag?.tool) {
        for (const part of e.getCoalescedEvents?.().length ? e.getCoalescedEvents() : [e]) this.editing.move(slice, slice.toVoxel(part.clientX - box.left, part.clientY - box.top));
      } else if (drag) {
        if (!drag.moved && Math.hypot(e.clientX - drag.x, e.clientY - drag.y) < 4) return;
        element.classList.add('drag');
        if (drag.moved) slice.panBy(e.clientX - drag.x, e.clientY - drag.y);
        [drag.x, drag.y, drag.moved] = [e.clientX, e.clientY, true];
        this.tiles.forgetWishes();
        this.drawSlices();
      } else {
        this.editing.hover(slice, at);
      }
      this.#hoverSlice(slice, at, e);
    };
    element.onpointerup = e => {
      element.classList.remove('drag');
      const was = drag;
      drag = null;
      if (!was) return;
      if (was.tool) return this.editing.up(slice, slice.toVoxel(e.offsetX, e.offsetY));
      if (was.moved || was.button !== 0) return;
      const at = slice.toVoxel(e.offsetX, e.offsetY);
      if (!slice.contains(at)) return store.select([]);
      const { id } = slice.read(at);
      this.#pickCell(id ?? 0, e);
      this.goTo(at);
    };
    element.onpointercancel = () => { if (drag?.tool) this.editing.cancel(); drag = null; element.classList.remove('drag'); };
    element.ondblclick = e => { if (!this.editing.isDrawing) { e.preventDefault(); this.fitSlices(); } };
    element.addEventListener('wheel', e => {
      e.preventDefault();
      if (e.ctrlKey || e.metaKey) return this.#step(slice.axes.through, Math.sign(e.deltaY) * (e.shiftKey ? 10 : 1));
      if (e.altKey) return this.#stepTime(Math.sign(e.deltaY || e.deltaX));
      const box = element.getBoundingClientRect();
      slice.zoomAt(2 ** (-e.deltaY / 400), e.clientX - box.left, e.clientY - box.top);
      this.tiles.forgetWishes();
      this.drawSlices();
    }, { passive: false });
  }

  #wireVolume() {
    const { volume, store } = this, { element } = volume;
    /** @type {{x: number, y: number, moved: boolean, pans: boolean, cuts: boolean} | null} */ let drag = null;
    const place = (/** @type {MouseEvent} */ e) => { const box = element.getBoundingClientRect(); return /** @type {[number, number]} */ ([e.clientX - box.left, e.clientY - box.top]); };
    element.onpointerdown = e => {
      element.focus({ preventScroll: true });
      element.setPointerCapture(e.pointerId);
      const pans = e.button === 1 || e.shiftKey || this.keys.isPanning;
      if (!pans && e.button === 0 && this.planes.begin(...place(e))) return;
      drag = { x: e.clientX, y: e.clientY, moved: false, pans, cuts: !pans && this.editing.downIn3D(...place(e), e) };
      if (e.button === 1) e.preventDefault();
    };
    element.onpointermove = e => {
      if (this.planes.isDragging) return this.planes.drag(...place(e));
      if (drag?.cuts) return this.editing.moveIn3D(...place(e));
      if (drag) {
        const [dx, dy] = [e.clientX - drag.x, e.clientY - drag.y];
        if (!drag.moved && Math.hypot(dx, dy) < 4) return;
        if (drag.pans) volume.panBy(dx, dy); else volume.rotate(dx, dy);
        [drag.x, drag.y, drag.moved] = [e.clientX, e.clientY, true];
        byId('tip').hidden = true;
        return;
      }
      element.style.cursor = this.planes.hover(...place(e)) ? 'grab' : '';
      const id = volume.idAt(...place(e));
      store.hover(id ?? 0);
      this.#tip(e, id ? this.#cellText(id) : '');
    };
    element.onpointerup = async e => {
      if (this.planes.isDragging) return this.planes.end();
      const was = drag;
      drag = null;
      if (was?.cuts && this.editing.upIn3D()) return;
      if (!was || (was.moved && !e.shiftKey) || (was.moved && was.pans)) return;
      const answer = await volume.pick(...place(e));
      if (this.editing.pickedIn3D(answer.id ?? 0, e)) return;
      this.#pickCell(answer.id ?? 0, e);
      if (answer.voxel) this.goTo({ z: answer.voxel.z - 0.5, y: answer.voxel.y - 0.5, x: answer.voxel.x - 0.5 });
    };
    element.onpointercancel = () => { drag = null; this.planes.end(); this.editing.escape(); };
    element.ondblclick = () => volume.fit();
    element.addEventListener('wheel', e => { e.preventDefault(); volume.zoom(2 ** (-e.deltaY / 400)); }, { passive: false });
  }

  /** @param {number} id @param {MouseEvent} event */
  #pickCell(id, event) {
    if (event.shiftKey && id) this.store.select([id], this.store.selected.has(id) ? 'Remove' : 'Add');
    else if (!event.shiftKey) this.store.select(id ? [id] : []);
  }

  /** @param {number} id */
  #cellText(id) {
    const track = this.lineage?.trackOf(this.store.scene.time, id), summary = this.table.summary(id);
    return [`cell ${id}`, track ? `track ${track.id}${track.parent ? ` (of ${track.parent})` : ''}` : '', summary].filter(Boolean).join('\n');
  }

  /** @param {SliceView} slice @param {Point} at @param {PointerEvent} event */
  #hoverSlice(slice, at, event) {
    if (!slice.contains(at)) {
      this.store.hover(0);
      byId('status').textContent = '';
      return this.#tip(event, '');
    }
    const { id, values } = slice.read(at), v = this.store.scene.grid.voxel_um, flat = this.store.scene.grid.shape.z === 1;
    const [z, y, x] = [Math.round(at.z), Math.round(at.y), Math.round(at.x)];
    this.store.hover(id ?? 0);
    const voxel = `${flat ? '' : `z ${z}  `}y ${y}  x ${x}`, um = `${flat ? '' : `${numberText((at.z + 0.5) * v.z)}, `}${numberText((at.y + 0.5) * v.y)}, ${numberText((at.x + 0.5) * v.x)} µm`;
    byId('status').textContent = [id ? `cell ${id}` : '', ...values, voxel, um].filter(Boolean).join('   ');
    this.#tip(event, [id ? this.#cellText(id) : '', ...values, voxel, um].filter(Boolean).join('\n'));
  }

  /** @param {MouseEvent} event @param {string} text */
  #tip(event, text) {
    const tip = byId('tip');
    tip.hidden = text === '' || this.editing.isDrawing;
    if (tip.hidden) return;
    tip.textContent = text;
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.min(innerWidth - box.width - 8, event.clientX + 16)}px`;
    tip.style.top = `${event.clientY + 18 + box.height > innerHeight ? event.clientY - box.height - 12 : event.clientY + 18}px`;
  }

  #stats() {
    const { last } = this.volume;
    if (last) byId('stats').textContent = this.volume.rate > 0 ? `${this.volume.rate.toFixed(0)} pictures/s · ${last.milliseconds} ms` : `${last.milliseconds} ms`;
  }

  /** @param {'z' | 'y' | 'x'} axis @param {number} by */
  #step(axis, by) {
    this.store.moveCursor({ ...this.store.scene.cursor, [axis]: this.store.scene.cursor[axis] + by });
  }

  /** @param {number} by */
  #stepTime(by) {
    const time = Math.max(0, Math.min(this.store.scene.frames - 1, this.store.scene.time + by));
    if (time !== this.store.scene.time) this.store.run({ do: 'time', time });
  }

  // the axis through the view that has the keyboard
  #focusAxis() {
    const slice = this.slices.find(s => s.element === document.activeElement);
    return slice ? slice.axes.through : 'z';
  }

  #play() {
    this.#playing = !this.#playing;
    byId('play').textContent = this.#playing ? '❚❚' : '▶';
    byId('play').setAttribute('aria-label', this.#playing ? 'Pause' : 'Play');
    const { frames } = this.store.scene;
    let due = performance.now();
    const next = () => {
      if (!this.#playing) return;
      // a time point is left only when it was seen: slow lines play slowly, they do not skip
      if (performance.now() >= due && this.slices.every(s => s.element.offsetParent === null || s.isComplete)) {
        due = performance.now() + 1000 / FRAMES_A_SECOND;
        this.store.run({ do: 'time', time: (this.store.scene.time + 1) % frames });
      }
      requestAnimationFrame(next);
    };
    next();
  }

  #screenshot() {
    const views = [...document.querySelectorAll('.view')].filter(v => /** @type {HTMLElement} */ (v).offsetParent !== null), whole = byId('views').getBoundingClientRect();
    const canvas = document.createElement('canvas'), context = context2d(canvas);
    [canvas.width, canvas.height] = [whole.width * devicePixelRatio, whole.height * devicePixelRatio];
    context.scale(devicePixelRatio, devicePixelRatio);
    context.fillStyle = '#262e3c';
    context.fillRect(0, 0, whole.width, whole.height);
    for (const view of views) {
      const box = view.getBoundingClientRect();
      for (const part of view.querySelectorAll('canvas')) context.drawImage(part, box.left - whole.left, box.top - whole.top, box.width, box.height);
    }
    canvas.toBlob(blob => {
      if (!blob) return;
      const link = /** @type {HTMLAnchorElement} */ (make('a', { download: `${this.title.replace(/\.[^.]*$/, '')}_view.png` }));
      link.href = URL.createObjectURL(blob);
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    });
  }

  #defineActions() {
    const { store } = this;
    /** @param {string} group @param {Record<string, [string, () => void]>} list */
    const define = (group, list) => { for (const [id, [title, run]] of Object.entries(list)) this.actions.set(id, { group, title, run }); };
    const labels = () => store.scene.labels, chosen = () => [...store.selected];
    const zoom = (/** @type {number} */ f) => {
      if (document.activeElement === this.volume.element) return this.volume.zoom(f);
      const slice = this.slices.find(s => s.element === document.activeElement) ?? this.slices[0];
      slice.zoomAt(f, slice.width / 2, slice.height / 2);
      this.drawSlices();
    };
    const look = (/** @type {number} */ azimuth, /** @type {number} */ elevation) => () => this.volume.fit({ azimuth, elevation, roll: 0, up: 'Y' });
    define('Planes and time', {
      'next-plane': ['next plane', () => this.#step(this.#focusAxis(), 1)], 'previous-plane': ['previous plane', () => this.#step(this.#focusAxis(), -1)],
      'next-plane-10': ['ten planes on', () => this.#step(this.#focusAxis(), 10)], 'previous-plane-10': ['ten planes back', () => this.#step(this.#focusAxis(), -10)],
      'next-time': ['next time point', () => this.#stepTime(1)], 'previous-time': ['previous time point', () => this.#stepTime(-1)], 'play': ['play, pause', () => { if (store.scene.frames > 1) this.#play(); }],
    });
    define('Views', {
      'layout-next': ['next layout', () => this.setLayout(LAYOUTS[(LAYOUTS.indexOf(document.body.dataset.layout ?? '') + 1) % LAYOUTS.length])],
      'layout-quad': ['four views', () => this.setLayout('quad')], 'layout-xy': ['one slice', () => this.setLayout('xy')], 'layout-volume': ['3D only', () => this.setLayout('volume')],
      'reset-view': ['show all', () => { this.fitSlices(); this.volume.fit(); }], 'zoom-in': ['zoom in', () => zoom(1.25)], 'zoom-out': ['zoom out', () => zoom(0.8)],
      'view-front': ['3D from the front', look(0, 0)], 'view-back': ['3D from behind', look(180, 0)], 'view-left': ['3D from the left', look(90, 0)], 'view-right': ['3D from the right', look(-90, 0)],
      'view-top': ['3D from above', look(0, 90)], 'view-bottom': ['3D from below', look(0, -90)],
      'planes-3d': ['image planes in 3D', () => store.run({ do: 'slices', slices: isShown(store.scene.slices) ? {} : { ...store.scene.cursor } })],
      'screenshot': ['screenshot', () => this.#screenshot()], 'palette': ['find an action', () => this.palette.open()], 'help': ['this help', () => this.#help()],
    });
    define('Cells', {
      'isolate': ['isolate the selected cells', () => this.#isolate(0)], 'isolate-ghost': ['isolate, the others as glass', () => this.#isolate(0.12)],
      'hide': ['hide the selected cells', () => { if (labels()) { store.run({ do: 'hide', ids: chosen(), change: 'Add' }); store.select([]); } }],
      'show-all': ['show all cells', () => { if (labels()) { store.run({ do: 'hide', ids: [], change: 'Replace' }); store.run({ do: 'isolate', ids: [], change: 'Replace', ghost: 0 }); } }],
      'clear-selection': ['clear the selection, then leave the tool', () => {
        if (this.editing.escape()) return;
        if (store.selected.size > 0) store.select([]);
        else this.editing.choose('pan');
      }],
      'next-cell': ['next cell of the table', () => this.table.step(1)], 'previous-cell': ['previous cell of the table', () => this.table.step(-1)],
      'select-all': ['select all of the table', () => store.select(this.table.ids)],
      'shuffle': ['other colours', () => { const l = labels(); if (l) this.layers.setLabels({ seed: l.seed + 1 }); }],
      'color-mode': ['colour by id, track, number', () => this.#colorMode()],
      'toggle-labels': ['labels on and off', () => { const l = labels(); if (l) this.layers.setLabels({ is_visible: !l.is_visible }); }],
      'toggle-outlines': ['outlines on and off', () => { const l = labels(); if (l) this.layers.setLabels({ outline_width: l.outline_width > 0 ? 0 : 1.5 }); }],
      'toggle-compared': ['outlines of the other labels on and off', () => { store.showsCompared = !store.showsCompared; this.drawSlices(); }],
      'toggle-image': ['image on and off', () => { const on = store.scene.images.every(i => !i.is_visible); store.scene.images.forEach((_, c) => this.layers.setImage(c, { is_visible: on })); }],
      'auto-contrast': ['contrast from the histogram', () => { for (const auto of this.layers.autos) auto(); }],
    });
    define('Editing', this.editing.actions());
  }

  #help() {
    const dialog = /** @type {HTMLDialogElement} */ (byId('help'));
    if (dialog.open) return dialog.close();
    this.keys.showHelp(dialog, name => void this.keys.load(name).then(() => { dialog.close(); this.#help(); this.editing.buildTools(byId('tools'), this.actions, this.keys); }));
  }

  /** @param {number} ghost */
  #isolate(ghost) {
    const { store } = this, ids = [...store.selected];
    if (!store.scene.labels) return;
    const same = store.isolated.size > 0 && (ids.length === 0 || ids.every(id => store.isolated.has(id))) && store.scene.labels.ghost === ghost;
    if (!same && ids.length === 0) return toast('select cells to isolate them');
    store.run({ do: 'isolate', ids: same ? [] : ids, change: 'Replace', ghost: same ? 0 : ghost });
  }

  #colorMode() {
    const l = this.store.scene.labels;
    if (!l) return;
    if (l.coloring === 'Id') this.layers.setLabels({ coloring: 'Track' });
    else if (l.coloring === 'Track') this.layers.setLabels({ coloring: 'Feature', feature: l.feature ?? this.layers.features[0] ?? 'area' });
    else this.layers.setLabels({ coloring: 'Id' });
  }
}

/** @type {App | null} */ let app = null;
const link = new Link({
  onMessage: message => {
    if (message.type !== 'hello') return app?.onMessage(message);
    if (app) {
      if (message.scene.images.length !== app.store.scene.images.length) return location.reload();
      app.store.info.compared = message.info.compared;
      app.store.reset(message.scene);
      app.volume.reconnect();
      app.editing.reconnect(message.info);
      if (message.colors > 0) void app.store.fetchColors(message.colors, null);
      if (message.info.has_tracks) app.onMessage({ type: 'tracks' });
      if (message.info.segmentation) app.segment?.onStatus(message.info.segmentation.status);
    } else {
      app = new App(message, link);
      Object.assign(window, { cellpose3d: app });                            // for tests, and for the curious
    }
  },
  onPicture: (header, jpeg, ids) => void app?.volume.show(header, jpeg, ids),
  onState: open => {
    const banner = byId('banner');
    if (open) { if (banner.classList.contains('bad')) banner.hidden = true; return; }
    banner.className = 'bad';
    banner.hidden = false;
    banner.replaceChildren(make('span', {}, 'The program does not answer: it was stopped, or the line is down. Trying again…'));
  },
});
