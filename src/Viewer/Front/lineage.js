import { isThere } from './net.js';
import { context2d } from './tiles.js';

/** @typedef {import('./types.js').Track} Track */
/** @typedef {import('./types.js').Point} Point */
/** @typedef {import('./store.js').Store} Store */
/** @typedef {import('./slice.js').SliceView} SliceView */

const LANE = 15;

/** Tracks: tails over the slices (in 3D the server draws them), and the tree of lineages with time to the right. */
export class Lineage {
  /** @type {Map<number, Track>} */ #byId = new Map();
  /** @type {Map<string, number>} track of 'time label' */ #trackOf = new Map();
  /** @type {Map<number, number>} lane of each track */ #lanes = new Map();
  /** @type {Map<number, number[]>} */ #daughters = new Map();
  #top = 0;

  /** @type {Track[]} */ tracks = [];
  lanes = 0;

  /** @param {HTMLElement} element @param {Store} store @param {(track: Track, time: number, adds: boolean) => void} go */
  constructor(element, store, go) {
    this.element = element;
    this.store = store;
    this.canvas = /** @type {HTMLCanvasElement} */ (element.querySelector('canvas'));
    new ResizeObserver(() => this.draw()).observe(element);
    store.on('time labels colors hover', () => this.draw());
    store.on('labels', () => this.#reveal());
    this.canvas.onwheel = e => { this.#top = Math.max(0, Math.min(Math.max(0, this.lanes * LANE + 30 - this.canvas.clientHeight), this.#top + e.deltaY)); this.draw(); e.preventDefault(); };
    this.canvas.onclick = e => {
      const hit = this.#at(e.offsetX, e.offsetY), time = Math.max(0, Math.min(store.scene.frames - 1, Math.round(this.#time(e.offsetX))));
      if (hit) go(hit, Math.max(hit.begin, Math.min(hit.end, time)), e.shiftKey);
      else store.run({ do: 'time', time });
    };
    this.canvas.onmousemove = e => {
      const hit = this.#at(e.offsetX, e.offsetY);
      this.canvas.style.cursor = hit ? 'pointer' : 'default';
      store.hover(hit ? this.labelAt(hit, store.scene.time) : 0);
    };
    this.canvas.onmouseleave = () => store.hover(0);
  }

  /** @param {Track[]} tracks */
  setTracks(tracks) {
    this.tracks = tracks;
    for (const map of [this.#byId, this.#trackOf, this.#lanes, this.#daughters]) map.clear();
    for (const track of tracks) {
      this.#byId.set(track.id, track);
      for (const [t, label] of track.points) this.#trackOf.set(`${t} ${label}`, track.id);
      if (track.parent) this.#daughters.set(track.parent, [...this.#daughters.get(track.parent) ?? [], track.id]);
    }
    // families below each other, a mother between her daughters
    let lane = 0;
    const place = (/** @type {Track} */ track) => {
      const daughters = (this.#daughters.get(track.id) ?? []).map(id => this.#byId.get(id)).filter(isThere);
      if (daughters.length === 0) this.#lanes.set(track.id, lane++);
      for (const daughter of daughters) place(daughter);
      if (daughters.length > 0) this.#lanes.set(track.id, daughters.reduce((sum, d) => sum + (this.#lanes.get(d.id) ?? 0), 0) / daughters.length);
    };
    for (const track of tracks) if (!track.parent || !this.#byId.has(track.parent)) place(track);
    this.lanes = lane;
    this.draw();
  }

  /**
   * The time points a track begins and ends with.
   * @param {number} id
   * @returns {[number, number] | null}
   */
  spanOf(id) {
    const track = this.#byId.get(id);
    return track ? [track.begin, track.end] : null;
  }

  /** @param {number} time @param {number} label @returns {Track | undefined} */
  trackOf(time, label) {
    return this.#byId.get(this.#trackOf.get(`${time} ${label}`) ?? -1);
  }

  /**
   * A track's label at a time; 0 where it has none.
   * @param {Track} track
   * @param {number} time
   */
  labelAt(track, time) {
    return track.points.find(p => p[0] === time)?.[1] ?? 0;
  }

  /**
   * Tails over a slice.
   * @param {CanvasRenderingContext2D} context
   * @param {SliceView} view
   * @param {number} length
   */
  drawTails(context, view, length) {
    const depth = this.store.scene.grid.shape[view.axes.through] > 1 ? Math.max(3, this.store.scene.grid.shape[view.axes.through] / 12) : Infinity;
    this.#tails(context, p => view.toScreen(p), length, p => Math.abs(p[view.axes.through] - view.index) <= depth);
  }

  /** @param {CanvasRenderingContext2D} context @param {(p: Point) => [number, number]} toScreen @param {number} length @param {(p: Point) => boolean} near */
  #tails(context, toScreen, length, near) {
    if (length === 0) return;
    const now = this.store.scene.time;
    context.lineWidth = 1.8;
    context.lineJoin = context.lineCap = 'round';
    for (const track of this.tracks) {
      if (track.begin > now || track.end < now) continue;
      const label = this.labelAt(track, now);
      if (label && this.store.look(label) === 'none') continue;
      const points = this.#path(track, now - length, now);
      const last = points[points.length - 1];
      if (!last || !near({ z: last[2], y: last[3], x: last[4] })) continue;
      context.strokeStyle = this.store.selected.has(label) ? '#ffffff' : track.color;
      for (let n = 1; n < points.length; n++) {
        context.globalAlpha = Math.max(0.12, 1 - (now - points[n][0]) / (length + 1));
        context.beginPath();
        context.moveTo(...toScreen({ z: points[n - 1][2], y: points[n - 1][3], x: points[n - 1][4] }));
        context.lineTo(...toScreen({ z: points[n][2], y: points[n][3], x: points[n][4] }));
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }

  // a daughter's tail goes on into her mother's
  /** @param {Track} track @param {number} from @param {number} to @returns {Track['points']} */
  #path(track, from, to) {
    const own = track.points.filter(p => p[0] >= from && p[0] <= to), mother = this.#byId.get(track.parent);
    return mother && track.begin > from ? [...this.#path(mother, from, track.begin), ...own] : own;
  }

  /** @param {number} x */
  #time(x) {
    return (x - 40) / Math.max(1, this.canvas.clientWidth - 70) * Math.max(1, this.store.scene.frames - 1);
  }

  /** @param {number} t */
  #x(t) {
    return 40 + t / Math.max(1, this.store.scene.frames - 1) * (this.canvas.clientWidth - 70);
  }

  /** @param {number} id */
  #y(id) {
    return 22 + (this.#lanes.get(id) ?? 0) * LANE - this.#top;
  }

  /** @param {number} x @param {number} y @returns {Track | undefined} */
  #at(x, y) {
    return this.tracks.find(t => Math.abs(this.#y(t.id) - y) < 6 && x >= this.#x(t.begin) - 6 && x <= this.#x(t.end) + 6);
  }

  #reveal() {
    const track = this.store.selected.size === 1 ? this.trackOf(this.store.scene.time, [...this.store.selected][0]) : undefined;
    if (!track) return;
    const y = this.#y(track.id);
    if (y < 22 || y > this.canvas.clientHeight - 10) this.#top = Math.max(0, this.#top + y - this.canvas.clientHeight / 2);
    this.draw();
  }

  draw() {
    const { canvas } = this, [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (width === 0) return;
    [canvas.width, canvas.height] = [width * devicePixelRatio, height * devicePixelRatio];
    const context = context2d(canvas), { scene } = this.store;
    context.scale(devicePixelRatio, devicePixelRatio);
    context.font = '10px system-ui, "DejaVu Sans", sans-serif';
    context.fillStyle = '#6b7790';
    context.textAlign = 'center';
    const step = Math.max(1, Math.ceil(scene.frames / (width / 60)));
    for (let t = 0; t < scene.frames; t += step) context.fillText(String(t + 1), this.#x(t), 11);
    context.save();
    context.beginPath();
    context.rect(0, 15, width, height - 15);
    context.clip();
    context.lineCap = 'round';
    for (const track of this.tracks) {
      const y = this.#y(track.id);
      if (y < -200 || y > height + 200) continue;
      const label = this.labelAt(track, scene.time), chosen = label > 0 && this.store.selected.has(label), hovered = label > 0 && this.store.hovered === label;
      context.strokeStyle = chosen || hovered ? '#ffffff' : track.color;
      context.lineWidth = chosen ? 4 : 2.4;
      context.beginPath();
      context.moveTo(this.#x(track.begin), y);
      context.lineTo(this.#x(track.end), y);
      context.stroke();
      for (const id of this.#daughters.get(track.id) ?? []) {
        const daughter = this.#byId.get(id);
        if (!daughter) continue;
        context.strokeStyle = daughter.color;
        context.lineWidth = 1.3;
        context.beginPath();
        context.moveTo(this.#x(track.end), y);
        context.bezierCurveTo(this.#x(daughter.begin), y, this.#x(track.end), this.#y(id), this.#x(daughter.begin), this.#y(id));
        context.stroke();
      }
      context.fillStyle = chosen ? '#fff' : '#8592a8';
      context.textAlign = 'right';
      if (!track.parent) context.fillText(String(track.id), this.#x(track.begin) - 6, y + 3.5);
    }
    context.restore();
    const now = this.#x(scene.time);
    context.strokeStyle = 'rgba(108, 182, 255, .8)';
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(now, 14);
    context.lineTo(now, height);
    context.stroke();
  }
}
