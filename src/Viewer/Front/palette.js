import { make } from './net.js';
import { keyText } from './keys.js';

/** @typedef {import('./types.js').Action} Action */
/** @typedef {import('./keys.js').Keys} Keys */

const MOST = 12;

/** All actions by name: a few letters find one, Enter does it. */
export class Palette {
  #chosen = 0;
  /** @type {[string, Action][]} */ #found = [];

  /** @param {HTMLDialogElement} dialog @param {Map<string, Action>} actions @param {Keys} keys */
  constructor(dialog, actions, keys) {
    this.dialog = dialog;
    this.actions = actions;
    this.keys = keys;
    this.input = /** @type {HTMLInputElement} */ (make('input', { type: 'search', placeholder: 'what to do', 'aria-label': 'Find an action', 'aria-controls': 'palette-list', spellcheck: 'false' }));
    this.list = make('div', { id: 'palette-list', role: 'listbox', 'aria-label': 'Actions' });
    dialog.replaceChildren(this.input, this.list);
    this.input.oninput = () => { this.#chosen = 0; this.#show(); };
    dialog.onkeydown = e => this.#key(e);
    dialog.onclick = e => { if (e.target === dialog) dialog.close(); };
  }

  open() {
    this.input.value = '';
    this.#chosen = 0;
    this.#show();
    this.dialog.showModal();
    this.input.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      this.#chosen = Math.max(0, Math.min(this.#found.length - 1, this.#chosen + step));
      this.#show();
    } else if (event.key === 'Enter') {
      this.#run(this.#found[this.#chosen]?.[1]);
    } else {
      return;
    }
    event.preventDefault();
  }

  /** @param {Action | undefined} action */
  #run(action) {
    this.dialog.close();
    action?.run();
  }

  #show() {
    /** @type {{entry: [string, Action], score: number}[]} */ const ranked = [];
    for (const entry of this.actions) {
      const score = fit(this.input.value, `${entry[1].group} ${entry[1].title}`);
      if (entry[0] !== 'palette' && score !== null) ranked.push({ entry, score });
    }
    ranked.sort((a, b) => b.score - a.score);
    this.#found = ranked.slice(0, MOST).map(r => r.entry);
    this.list.replaceChildren(...this.#found.map(([id, action], n) => {
      const keys = this.keys.profile.keys[id] ?? [];
      const row = make('div', { class: 'key', role: 'option', 'data-action': id, 'aria-selected': String(n === this.#chosen) },
        make('span', {}, make('i', {}, action.group), action.title), make('span', {}, ...keys.map(k => make('kbd', {}, keyText(k)))));
      row.onclick = () => this.#run(action);
      return row;
    }));
    if (this.#found.length === 0) this.list.replaceChildren(make('div', { class: 'small' }, 'nothing of that name'));
  }
}

/**
 * How well letters, in their order but with gaps, fit a text; null where they do not.
 * @param {string} letters
 * @param {string} text
 * @returns {number | null}
 */
export function fit(letters, text) {
  const wanted = letters.toLowerCase().replaceAll(' ', ''), found = text.toLowerCase();
  // the best of all places to begin: letters that begin words or stand together count more, gaps less
  let best = wanted.length === 0 ? 0 : null;
  for (let start = 0; start < found.length; start++) {
    if (found[start] !== wanted[0]) continue;
    let score = 0, at = start, last = start - 1;
    for (const letter of wanted) {
      at = found.indexOf(letter, last + 1);
      if (at < 0) break;
      score += at === 0 || found[at - 1] === ' ' ? 4 : at === last + 1 ? 3 : 1 - Math.min(0.9, (at - last) / 20);
      last = at;
    }
    if (at >= 0 && (best === null || score > best)) best = score;
  }
  return best === null ? null : best - found.length / 1000;
}
