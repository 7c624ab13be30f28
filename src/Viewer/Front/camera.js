/** @typedef {import('./types.js').Camera} Camera */
/** @typedef {import('./types.js').Point} Point */

/**
 * The camera's directions, as the server's CameraFrame has them.
 * @param {Camera} camera
 * @returns {{right: Point, up: Point, forward: Point}}
 */
export function frameOf(camera) {
  const [a, e, r] = [camera.azimuth, camera.elevation, camera.roll].map(d => d * Math.PI / 180);
  const [sa, ca, se, ce] = [Math.sin(a), Math.cos(a), Math.sin(e), Math.cos(e)];
  const y = camera.up === 'Y';
  const right = y ? point(-sa, 0, ca) : point(0, -sa, ca);
  const forward = y ? point(ce * ca, se, ce * sa) : point(-se, ce * ca, ce * sa);
  const up = y ? point(se * ca, -ce, se * sa) : point(ce, se * ca, se * sa);
  return { right: add(scale(right, Math.cos(r)), scale(up, Math.sin(r))), up: add(scale(up, Math.cos(r)), scale(right, -Math.sin(r))), forward };
}

/**
 * Projects places in micrometres to pixels.
 * @param {Camera} camera
 * @param {number} width
 * @param {number} height
 * @returns {(at: Point) => [number, number]}
 */
export function projector(camera, width, height) {
  const { right, up, forward } = frameOf(camera), pixels = height / camera.height_um;
  const distance = camera.perspective_degrees > 0 ? camera.height_um / 2 / Math.tan(camera.perspective_degrees * Math.PI / 360) : 0;
  return at => {
    const v = add(at, scale(camera.target, -1)), near = distance > 0 ? distance / Math.max(1e-6, distance + dot(v, forward)) : 1;
    return [width / 2 + dot(v, right) * pixels * near, height / 2 - dot(v, up) * pixels * near];
  };
}

/**
 * What lies behind a pixel: a place as far away as the camera's target, and the way there, in micrometres.
 * @param {Camera} camera
 * @param {number} width
 * @param {number} height
 * @param {number} x
 * @param {number} y
 * @returns {{at: Point, direction: Point}}
 */
export function rayOf(camera, width, height, x, y) {
  const { right, up, forward } = frameOf(camera), um = camera.height_um / height;
  const at = add(camera.target, add(scale(right, (x - width / 2) * um), scale(up, (height / 2 - y) * um)));
  if (camera.perspective_degrees <= 0) return { at, direction: forward };
  const distance = camera.height_um / 2 / Math.tan(camera.perspective_degrees * Math.PI / 360);
  return { at, direction: add(at, scale(add(camera.target, scale(forward, -distance)), -1)) };
}

/**
 * Turns the camera.
 * @param {Camera} camera
 * @param {number} azimuth
 * @param {number} elevation
 * @returns {Camera}
 */
export function orbit(camera, azimuth, elevation) {
  const turned = camera.azimuth + azimuth;
  return { ...camera, azimuth: turned - 360 * Math.floor((turned + 180) / 360), elevation: Math.max(-90, Math.min(90, camera.elevation + elevation)) };
}

/**
 * Moves what is seen, in shares of the picture's height.
 * @param {Camera} camera
 * @param {number} right
 * @param {number} down
 * @returns {Camera}
 */
export function pan(camera, right, down) {
  const frame = frameOf(camera), h = camera.height_um;
  return { ...camera, target: add(camera.target, add(scale(frame.right, -right * h), scale(frame.up, down * h))) };
}

/**
 * All of a box, from the same direction.
 * @param {Camera} camera
 * @param {Point} sizeUm
 * @param {number} aspect
 * @returns {Camera}
 */
export function fit(camera, sizeUm, aspect) {
  const frame = frameOf(camera), half = scale(sizeUm, 0.5);
  const extent = (/** @type {Point} */ a) => 2 * (Math.abs(a.z) * half.z + Math.abs(a.y) * half.y + Math.abs(a.x) * half.x);
  const near = camera.perspective_degrees > 0 ? extent(frame.forward) * Math.tan(camera.perspective_degrees * Math.PI / 360) : 0;
  return { ...camera, target: half, height_um: 1.12 * (Math.max(extent(frame.up), extent(frame.right) / aspect) + near) };
}

/** @param {number} z @param {number} y @param {number} x @returns {Point} */
const point = (z, y, x) => ({ z, y, x });
/** @param {Point} a @param {Point} b @returns {Point} */
const add = (a, b) => point(a.z + b.z, a.y + b.y, a.x + b.x);
/** @param {Point} a @param {number} f @returns {Point} */
const scale = (a, f) => point(a.z * f, a.y * f, a.x * f);
/** @param {Point} a @param {Point} b */
const dot = (a, b) => a.z * b.z + a.y * b.y + a.x * b.x;
