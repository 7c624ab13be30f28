// What travels between page and server, as the server's SceneJson writes it. Places are in voxels unless they say um.

/** @typedef {{z: number, y: number, x: number}} Point */
/** @typedef {{target: Point, azimuth: number, elevation: number, roll: number, height_um: number, perspective_degrees: number, up: 'Y' | 'Z'}} Camera */
/** @typedef {{name: string, is_visible: boolean, lut: string, low: number, high: number, gamma: number, opacity: number, mode: string, iso_level: number, density: number}} ImageLayer */
/**
 * @typedef {object} LabelLayer
 * @property {boolean} is_visible
 * @property {'Id' | 'Track' | 'Feature'} coloring
 * @property {number} seed
 * @property {string} [feature]
 * @property {string} feature_map
 * @property {number | null} [feature_low]
 * @property {number | null} [feature_high]
 * @property {string} surface
 * @property {number[]} isolated
 * @property {number[]} hidden
 * @property {number[]} selected
 * @property {number} ghost
 * @property {number} slice_opacity
 * @property {number} outline_width
 * @property {number} edge_width
 */
/** @typedef {{z?: number | null, y?: number | null, x?: number | null}} SlicePlanes */
/**
 * @typedef {object} Scene
 * @property {{shape: Point, voxel_um: Point}} grid
 * @property {number} frames
 * @property {number} time
 * @property {Point} cursor
 * @property {string} view
 * @property {Camera} camera
 * @property {ImageLayer[]} images
 * @property {LabelLayer} [labels]
 * @property {SlicePlanes} slices
 * @property {number} tail_length
 * @property {object | null} [clip]
 * @property {object[]} clip_planes
 * @property {object} lighting
 * @property {object} background
 * @property {object} decorations
 */
/** @typedef {[number, number, number]} Shape */
/**
 * @typedef {object} Info
 * @property {number} tile
 * @property {number} frames
 * @property {Shape | null} image_shape
 * @property {Shape | null} image_stride
 * @property {Shape | null} label_shape
 * @property {Shape | null} label_stride
 * @property {boolean} has_voxel_size
 * @property {string[]} reductions
 * @property {string | null} renderer
 * @property {Record<string, string[]>} luts
 * @property {boolean} has_tracks
 * @property {number} label_version
 * @property {EditState | null} [editing]
 * @property {{name: string, version: number, shape: Shape, stride: Shape} | null} [compared]
 * @property {Segmentation | null} [segmentation]
 */
/** @typedef {{can_undo: boolean, can_redo: boolean, is_dirty: boolean, path: string, largest_id: number, recovered: number, state: number}} EditState */
/** @typedef {{cell_prob: number, flow: number | null, min_size: number}} Thresholds */
/** @typedef {{z: number, y: number, x: number, depth: number, height: number, width: number}} Box */
/** @typedef {{version: number, diameter: number, is_volume: boolean, all_times: boolean, time: number, plane: number, box: Box | null, cells: number, placed_state: number, kept_others: boolean, thresholds: Thresholds}} SegmentationOutput */
/** @typedef {{phase: 'idle' | 'network' | 'masks' | 'estimate', progress: number, step: string | null, message: string | null, is_error: boolean, estimate: number | null, output: SegmentationOutput | null}} SegmentationStatus */
/** @typedef {{models: string[], channels: string[], refusal: string | null, status: SegmentationStatus}} Segmentation */
/** @typedef {{type: 'hello', client: number, title: string, keys: string, largest_drop: number, info: Info, scene: Scene, colors: number}} Hello */
/** @typedef {'xy' | 'xz' | 'zy'} Plane */
/** @typedef {{id: number, parent: number, begin: number, end: number, color: string, points: [number, number, number, number, number][]}} Track */
/** @typedef {{name: string, values: (number | string | boolean | null)[]}} Column */
/** @typedef {{title: string, group: string, run: () => void}} Action */
/** @typedef {{title: string, rightClick: 'cursor' | 'outline', keys: Record<string, string[]>}} KeyProfile */

export {};
