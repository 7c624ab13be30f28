/** @typedef {import('./types.js').Hello} Hello */

/**
 * An element that must be there.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element;
}

/**
 * For filters: leaves out what is missing.
 * @template T
 * @param {T | undefined} value
 * @returns {value is T}
 */
export function isThere(value) {
  return value !== undefined;
}

/**
 * Makes an element.
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {string} path @param {AbortSignal} [signal] @returns {Promise<Response>} */
async function get(path, signal) {
  const response = await fetch('data/' + path, { signal });
  if (!response.ok) throw new Error((await response.text()).trim());
  return response;
}

/** @param {string} path @param {AbortSignal} [signal] */
export async function getJson(path, signal) {
  return (await get(path, signal)).json();
}

/**
 * Bytes and the range of intensities they stand for.
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<{bytes: ArrayBuffer, range: [number, number]}>}
 */
export async function getBytes(path, signal) {
  const response = await get(path, signal);
  const range = (response.headers.get('X-Range') ?? '0 1').split(' ').map(Number);
  return { bytes: await response.arrayBuffer(), range: [range[0], range[1]] };
}

/**
 * Work that is done one at a time: asked for again while it runs, it runs once more after, so that nothing piles up and the last is the newest.
 * @param {() => Promise<void>} work
 * @returns {() => Promise<void>} resolves when all that was asked for is done
 */
export function oneAtATime(work) {
  /** @type {Promise<void> | null} */ let running = null;
  let again = false;
  return () => {
    again = true;
    running ??= (async () => {
      try {
        while (again) {
          again = false;
          await work();
        }
      } finally {
        running = null;
      }
    })();
    return running;
  };
}

/** The WebSocket to the server; comes back by itself after an interruption. */
export class Link {
  /** @type {WebSocket | null} */ #socket = null;
  #tries = 0;
  #gone = false;

  /** @param {{onMessage: (message: any) => void, onPicture: (header: any, jpeg: Uint8Array, ids: Uint8Array) => void, onState: (open: boolean) => void}} listener */
  constructor(listener) {
    this.listener = listener;
    addEventListener('pagehide', () => { this.#gone = true; this.#socket?.close(); });
    this.#open();
  }

  /** @param {object} message */
  send(message) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #open() {
    const url = new URL('socket', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.search = '';
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () => { this.#tries = 0; this.listener.onState(true); };
    socket.onmessage = event => {
      if (typeof event.data === 'string') this.listener.onMessage(JSON.parse(event.data));
      else this.#picture(event.data);
    };
    socket.onclose = () => {
      if (this.#gone) return;
      this.listener.onState(false);
      setTimeout(() => this.#open(), Math.min(5000, 300 * 2 ** this.#tries++));
    };
  }

  /** @param {ArrayBuffer} data */
  #picture(data) {
    const length = new DataView(data).getInt32(0, true);
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    this.listener.onPicture(header, new Uint8Array(data, 4 + length, header.jpeg), new Uint8Array(data, 4 + length + header.jpeg, header.ids));
  }
}
