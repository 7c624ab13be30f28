import { make } from './net.js';

/** @typedef {import('./types.js').KeyProfile} KeyProfile */
/** @typedef {import('./types.js').Action} Action */

/** The profiles that come with the program; each is data, see `keys-*.json`. */
export const PROFILES = ['cellpose3d', 'cellpose', 'napari'];

const MOUSE = [
  ['click', 'select the cell, move the cursor there'], ['Shift+click', 'add to the selection'], ['drag', 'pan; in 3D turn'], ['Shift+drag in 3D', 'pan'], ['middle drag, Space+drag', 'pan, with every tool'],
  ['wheel', 'zoom at the mouse'], ['Ctrl+wheel', 'through the planes'], ['double click', 'show all again'], ['right click', 'move the cursor (cellpose: draw an outline)'],
  ['Ctrl+click', 'delete the cell'], ['Alt+click', 'merge with the selected cell'],
];

/** Keys to actions. */
export class Keys {
  /** @type {KeyProfile} */ profile = { title: '', rightClick: 'cursor', keys: {} };
  /** @type {Map<string, string>} */ #actionOf = new Map();
  isPanning = false;

  /** @param {Map<string, Action>} actions */
  constructor(actions) {
    this.actions = actions;
    addEventListener('keydown', e => this.#down(e));
    addEventListener('keyup', e => { if (e.code === 'Space') this.isPanning = false; });
    addEventListener('blur', () => { this.isPanning = false; });
  }

  /** @param {string} name */
  async load(name) {
    const profile = /** @type {KeyProfile} */ (await (await fetch(`front/keys-${name}.json`)).json());
    this.profile = profile;
    this.#actionOf = new Map(Object.entries(profile.keys).flatMap(([action, keys]) => keys.map(key => [key, action])));
  }

  /**
   * The first key of an action, to be shown.
   * @param {string} action
   */
  keyOf(action) {
    return this.profile.keys[action]?.[0] ?? '';
  }

  /** @param {KeyboardEvent} event */
  #down(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const types = target instanceof HTMLInputElement && !['range', 'checkbox'].includes(target.type);
    if (types && event.key !== 'Escape') return;
    if (types) return target.blur();
    if (target.closest('dialog') && event.key !== '?') return;
    if (event.code === 'Space' && !event.shiftKey && !(target instanceof HTMLButtonElement)) {
      this.isPanning = true;
      return event.preventDefault();
    }
    // Tab walks through controls; among the views it changes the layout
    if (event.key === 'Tab' && !target.closest('.view') && target !== document.body) return;
    const letter = event.key === ' ' ? 'Space' : event.key.length === 1 && (event.ctrlKey || event.metaKey) && !event.shiftKey ? event.key.toLowerCase() : event.key.length === 1 && event.shiftKey && (event.ctrlKey || event.metaKey) ? event.key.toUpperCase() : event.key;
    const shift = event.shiftKey && (event.key.length > 1 || /^[A-Z ]$/.test(letter)) ? 'Shift+' : '';
    const name = `${event.ctrlKey || event.metaKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${shift}${letter}`;
    const action = this.actions.get(this.#actionOf.get(name) ?? '');
    if (!action) return;
    event.preventDefault();
    action.run();
  }

  /**
   * The overlay of `?`.
   * @param {HTMLDialogElement} dialog
   * @param {(name: string) => void} choose
   */
  showHelp(dialog, choose) {
    const select = /** @type {HTMLSelectElement} */ (make('select', { 'aria-label': 'keyboard profile' }, ...PROFILES.map(p => make('option', { value: p }, p))));
    select.value = this.profile.title;
    select.onchange = () => choose(select.value);
    const groups = new Map([['Mouse', MOUSE]]);
    for (const [id, action] of this.actions) {
      const keys = this.profile.keys[id];
      if (keys) groups.set(action.group, [...groups.get(action.group) ?? [], [keys.map(keyText).join(' , '), action.title]]);
    }
    const columns = make('div', { class: 'columns' });
    for (const [group, lines] of groups) {
      columns.append(make('h4', {}, group));
      for (const [keys, title] of lines) columns.append(make('div', { class: 'key' }, make('span', {}, title), make('span', {}, ...keys.split(' , ').map(k => make('kbd', {}, k)))));
    }
    const close = make('button', {}, 'close');
    close.onclick = () => dialog.close();
    dialog.replaceChildren(make('h2', {}, 'Keyboard and mouse'), make('div', { class: 'row' }, make('span', { class: 'small' }, 'profile'), select, make('span', { class: 'spring' }), close), columns);
    dialog.showModal();
  }
}

/**
 * A key as it is shown.
 * @param {string} key
 */
export function keyText(key) {
  return key.replace('Arrow', '').replace('Up', '↑').replace('Down', '↓').replace('Left', '←').replace('Right', '→').split('+').map(k => k.length === 1 ? k.toUpperCase() : k).join('+') || '+';
}
