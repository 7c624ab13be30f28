import { getJson, isThere, make, oneAtATime } from './net.js';
import { numberText } from './scale.js';

/** @typedef {import('./types.js').Column} Column */
/** @typedef {import('./store.js').Store} Store */

const ROW = 23;
/** Shown at first: of each group the first that there is. */
const FIRST_COLUMNS = [['label'], ['volume_um3', 'area_um2', 'area'], ['equivalent_diameter_um', 'equivalent_diameter_area'], ['intensity_mean', 'intensity_mean-0', 'neighbour_count']];

/** The table of cells: only the rows in sight are in the page, so a hundred thousand are as quick as ten. */
export class CellTable {
  /** @type {Column[]} */ columns = [];
  /** @type {string[]} */ #shown = [];
  /** @type {number[]} */ #rows = [];
  #sort = 'label';
  #down = false;
  /** @type {Map<number, number>} row of each cell */ #rowOf = new Map();
  #stale = true;
  #timer = 0;
  #filterError = '';

  /** @param {Store} store @param {{table: HTMLElement, filter: HTMLInputElement, columns: HTMLElement, list: HTMLElement, facts: HTMLElement, show: (id: number, at: {z: number, y: number, x: number}) => void, loaded: (features: string[]) => void}} parts */
  constructor(store, parts) {
    this.store = store;
    this.parts = parts;
    this.head = /** @type {HTMLElement} */ (parts.table.querySelector('.head'));
    this.scroll = /** @type {HTMLElement} */ (parts.table.querySelector('.scroll'));
    this.body = /** @type {HTMLElement} */ (parts.table.querySelector('.body'));
    this.scroll.onscroll = () => { this.head.scrollLeft = this.scroll.scrollLeft; this.#draw(); };
    new ResizeObserver(() => this.#draw()).observe(this.scroll);
    parts.filter.oninput = () => this.#arrange();
    parts.columns.onclick = () => { parts.list.hidden = !parts.list.hidden; };
    parts.table.onkeydown = e => this.#key(e);
    store.on('labels', () => this.#reveal());
    store.on('colors', () => this.#draw());
    store.on('time', () => { this.#stale = true; void this.refresh(); });
    // measured anew when the hand rests
    store.on('edited', () => {
      this.#stale = true;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.refresh(), 1200);
    });
  }

  /** Fetches the table when it is no longer true. */
  refresh = oneAtATime(() => this.#fetch());

  async #fetch() {
    if (!this.#stale || !this.store.scene.labels) return;
    this.#stale = false;
    const time = this.store.scene.time;
    try {
      const { columns } = await getJson(`cells/${time}`);
      if (time !== this.store.scene.time) return;
      this.columns = columns;
    } catch (error) {
      this.#stale = true;
      this.parts.facts.textContent = String(error);
      return;
    }
    if (this.#shown.length === 0) this.#shown = FIRST_COLUMNS.map(group => group.find(n => this.column(n))).filter(isThere);
    this.parts.loaded(this.columns.filter(c => c.name !== 'label' && !c.name.startsWith('bbox') && typeof (c.values.find(v => v !== null) ?? 0) !== 'string').map(c => c.name));
    const label = this.column('label');
    this.#rowOf = new Map(label?.values.map((id, n) => [Number(id), n]));
    this.#list();
    this.#arrange();
  }

  /** @param {string} name */
  column(name) {
    return this.columns.find(c => c.name === name);
  }

  /**
   * Cells that the filter lets through, in the order shown.
   * @returns {number[]}
   */
  get ids() {
    const labels = this.column('label')?.values ?? [];
    return this.#rows.map(r => Number(labels[r]));
  }

  /**
   * The middle of a cell in voxels.
   * @param {number} id
   * @returns {{z: number, y: number, x: number} | null}
   */
  middle(id) {
    const row = this.#rowOf.get(id), axes = this.column('centroid-2') ? 3 : 2;
    if (row === undefined) return null;
    const at = (/** @type {number} */ k) => Number(this.column(`centroid-${k}`)?.values[row] ?? 0);
    return axes === 3 ? { z: at(0), y: at(1), x: at(2) } : { z: 0, y: at(0), x: at(1) };
  }

  /**
   * A few numbers of a cell, for the tooltip.
   * @param {number} id
   * @returns {string}
   */
  summary(id) {
    const row = this.#rowOf.get(id);
    if (row === undefined) return '';
    for (const [name, unit] of [['volume_um3', 'µm³'], ['area_um2', 'µm²'], ['area', 'voxels']]) {
      const column = this.column(name);
      if (column) return `${numberText(Number(column.values[row]))} ${unit}`;
    }
    return '';
  }

  #list() {
    this.parts.list.replaceChildren(...this.columns.filter(c => c.name !== 'label').map(c => {
      const box = /** @type {HTMLInputElement} */ (make('input', { type: 'checkbox' }));
      box.checked = this.#shown.includes(c.name);
      box.onchange = () => {
        this.#shown = this.columns.map(k => k.name).filter(n => n === 'label' || (n === c.name ? box.checked : this.#shown.includes(n)));
        this.#draw();
      };
      return make('label', { title: c.name }, box, ` ${c.name}`);
    }));
  }

  #arrange() {
    const test = this.#filter(this.parts.filter.value), by = this.column(this.#sort)?.values ?? [], sign = this.#down ? -1 : 1;
    const rows = this.columns[0]?.values.length ?? 0;
    this.#rows = [...Array(rows).keys()].filter(test);
    // cells without a number come last, whichever way
    this.#rows.sort((a, b) => {
      const [x, y] = [by[a], by[b]];
      if (x === null || y === null) return (x === null ? 1 : 0) - (y === null ? 1 : 0) || a - b;
      return (x < y ? -sign : x > y ? sign : 0) || a - b;
    });
    this.#draw();
  }

  /**
   * `area > 100, label = 7` or a part of a label.
   * @param {string} text
   * @returns {(row: number) => boolean}
   */
  #filter(text) {
    this.#filterError = '';
    const tests = text.split(/,|\band\b/).map(part => part.trim()).filter(Boolean).map(part => {
      const match = /^([\w.-]+)\s*(<=|>=|!=|=|<|>)\s*(\S+)$/.exec(part);
      if (!match) {
        const labels = this.column('label')?.values ?? [];
        return (/** @type {number} */ row) => String(labels[row]).includes(part);
      }
      const [, name, operator, value] = match, column = this.column(name);
      if (!column) {
        this.#filterError = `no column '${name}'`;
        return () => false;
      }
      const wanted = value === 'true' || value === 'false' ? value === 'true' : Number.isNaN(Number(value)) ? value : Number(value);
      return (/** @type {number} */ row) => {
        const v = column.values[row];
        if (v === null) return false;
        return operator === '=' ? v === wanted : operator === '!=' ? v !== wanted : operator === '<' ? v < wanted : operator === '>' ? v > wanted : operator === '<=' ? v <= wanted : v >= wanted;
      };
    });
    return row => tests.every(t => t(row));
  }

  #draw() {
    const shown = this.#shown.map(n => this.column(n)).filter(isThere), width = 62 + 68 * (shown.length - 1);
    this.head.replaceChildren(...shown.map(c => {
      const sorted = c.name === this.#sort;
      const button = make('button', { title: c.name, role: 'columnheader', 'aria-sort': sorted ? this.#down ? 'descending' : 'ascending' : 'none' }, c.name + (sorted ? this.#down ? ' ▾' : ' ▴' : ''));
      button.onclick = () => { this.#down = sorted ? !this.#down : false; this.#sort = c.name; this.#arrange(); };
      return button;
    }));
    this.body.style.height = `${this.#rows.length * ROW}px`;
    this.body.style.minWidth = `${width}px`;
    const first = Math.max(0, Math.floor(this.scroll.scrollTop / ROW) - 4), last = Math.min(this.#rows.length, first + Math.ceil(this.scroll.clientHeight / ROW) + 8);
    const labels = this.column('label')?.values ?? [];
    this.body.replaceChildren(...this.#rows.slice(first, last).map((row, n) => {
      const id = Number(labels[row]), tr = make('div', { class: this.store.selected.has(id) ? 'tr on' : 'tr', role: 'row', 'data-id': String(id), 'aria-selected': String(this.store.selected.has(id)) });
      tr.style.top = `${(first + n) * ROW}px`;
      for (const c of shown) {
        const v = c.values[row], cell = make('span', { role: 'gridcell' });
        if (c.name === 'label') {
          const dot = make('i');
          dot.style.background = this.store.cssColor(id);
          cell.append(dot);
        }
        cell.append(typeof v === 'number' ? numberText(v) : typeof v === 'boolean' ? v ? 'yes' : '–' : String(v ?? ''));
        tr.append(cell);
      }
      tr.onclick = e => this.#click(id, e);
      tr.onmouseenter = () => this.store.hover(id);
      tr.onmouseleave = () => this.store.hover(0);
      return tr;
    }));
    const all = this.columns[0]?.values.length ?? 0;
    this.parts.facts.textContent = this.#filterError || (this.#rows.length === all ? `${all} cells` : `${this.#rows.length} of ${all} cells`);
  }

  /**
   * Goes on in the table's order, for example from the worst of a column to the best.
   * @param {number} by  rows
   */
  step(by) {
    const ids = this.ids, at = ids.findIndex(id => this.store.selected.has(id)), next = ids[Math.max(0, Math.min(ids.length - 1, at + by))];
    if (next !== undefined) this.#go(next);
  }

  /** @param {number} id @param {MouseEvent} event */
  #click(id, event) {
    if (event.shiftKey || event.ctrlKey || event.metaKey) this.store.select([id], this.store.selected.has(id) ? 'Remove' : 'Add');
    else this.#go(id);
  }

  /** @param {number} id */
  #go(id) {
    this.store.select([id]);
    const middle = this.middle(id);
    if (middle) this.parts.show(id, middle);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    this.step(event.key === 'ArrowDown' ? 1 : -1);
    event.preventDefault();
    event.stopPropagation();
  }

  // a cell picked in a view is brought into sight
  #reveal() {
    const ids = [...this.store.selected];
    if (ids.length === 1) {
      const row = this.#rows.indexOf(this.#rowOf.get(ids[0]) ?? -1), top = row * ROW;
      if (row >= 0 && (top < this.scroll.scrollTop || top + ROW > this.scroll.scrollTop + this.scroll.clientHeight)) this.scroll.scrollTop = top - this.scroll.clientHeight / 2;
    }
    this.#draw();
  }
}
