import { context2d } from './tiles.js';

/** @typedef {import('./types.js').Point} Point */
/** @typedef {import('./slice.js').SliceView} SliceView */

/**
 * The cells of a slice that lie in an outline, with half of their pixels or more.
 * @param {SliceView} view
 * @param {Point[]} outline
 * @returns {number[]}
 */
export function cellsInside(view, outline) {
  const [width, height] = [Math.ceil(view.width), Math.ceil(view.height)], canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = context2d(canvas);
  context.beginPath();
  outline.forEach((at, n) => n === 0 ? context.moveTo(...view.toScreen(at)) : context.lineTo(...view.toScreen(at)));
  context.fill();
  const mask = context.getImageData(0, 0, width, height).data;
  /** @type {Map<number, {all: number, inside: number}>} */ const counts = new Map();
  view.eachPixel((id, x, y) => {
    if (id === 0 || (view.store.look(id) === 'none')) return;
    let count = counts.get(id);
    if (!count) counts.set(id, count = { all: 0, inside: 0 });
    count.all++;
    if (x >= 0 && y >= 0 && x < width && y < height && mask[4 * (Math.floor(y) * width + Math.floor(x)) + 3] > 127) count.inside++;
  });
  return [...counts].filter(([, count]) => 2 * count.inside >= count.all && count.inside > 0).map(([id]) => id);
}
