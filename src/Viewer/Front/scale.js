/**
 * The longest of 1, 2 and 5 times a power of ten that is no longer than a length.
 * @param {number} most
 */
export function roundLength(most) {
  const power = 10 ** Math.floor(Math.log10(most)), lead = most / power;
  return power * (lead >= 5 ? 5 : lead >= 2 ? 2 : 1);
}

/** @param {number} um @returns {string} */
export function lengthText(um) {
  return um >= 1000 ? `${+(um / 1000).toPrecision(4)} mm` : um >= 1 ? `${+um.toPrecision(4)} µm` : `${+(um * 1000).toPrecision(4)} nm`;
}

/**
 * A bar of a round length at the lower right.
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {number} pixelsPerUm
 */
export function drawScaleBar(context, width, height, pixelsPerUm) {
  const um = roundLength(Math.min(width / 4, 160) / pixelsPerUm), length = um * pixelsPerUm, right = width - 14, bottom = height - 14;
  context.save();
  context.fillStyle = 'rgba(0, 0, 0, .55)';
  context.fillRect(right - length - 1.5, bottom - 5.5, length + 3, 7);
  context.fillStyle = '#fff';
  context.fillRect(right - length, bottom - 4, length, 4);
  context.font = '12px system-ui, "DejaVu Sans", sans-serif';
  context.textAlign = 'center';
  context.lineWidth = 3;
  context.strokeStyle = 'rgba(0, 0, 0, .65)';
  context.strokeText(lengthText(um), right - length / 2, bottom - 10);
  context.fillText(lengthText(um), right - length / 2, bottom - 10);
  context.restore();
}

/**
 * A number for people.
 * @param {number} v
 */
export function numberText(v) {
  if (!Number.isFinite(v)) return '';
  if (Number.isInteger(v)) return String(v);
  const size = Math.abs(v);
  return size >= 1000 ? v.toFixed(0) : size >= 100 ? v.toFixed(1) : size >= 1 ? v.toFixed(2) : v.toPrecision(3);
}
