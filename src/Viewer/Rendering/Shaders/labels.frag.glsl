// First cell on every pixel's ray: its id, how far away, the surface's normal. Colours come later.
layout(location = 0) out uint o_id;
layout(location = 1) out vec4 o_surface;   // normal, kind
layout(location = 2) out float o_depth;    // micrometres along the ray
layout(location = 3) out vec4 o_ghost;     // colour of glass before the surface, multiplied by its alpha

uniform usampler3D u_labels;
uniform sampler3D u_field;      // 1/2 at the smooth surface of what is shown
uniform vec3 u_spacing;         // of a voxel
uniform ivec3 u_size;           // voxels
uniform ivec3 u_tap;            // voxels between taps of the normal's kernel
uniform int u_smooth;
uniform int u_march;            // 0: slice planes only
uniform float u_step;           // micrometres between samples of the field
uniform float u_depthScale;
uniform float u_ghost;          // opacity of what is not isolated
uniform vec3 u_slices;          // places of slice planes; below 0: none

const float KIND_NONE = 0.0, KIND_CELL = 1.0, KIND_CUT = 2.0, KIND_SLICE = 3.0;

uint labelAt(ivec3 v) {
    return texelFetch(u_labels, clamp(v, ivec3(0), u_size - 1), 0).r;
}

// Gradient of the indicator of one id under the kernel (1 - (r/2.4)^2)^2 of 5 x 5 x 5 taps, per micrometre; points out of the cell.
// Taps are taken from the smooth field where they are the cell's own or background, so that steps of voxels do not show; another cell
// counts as outside. They count from -1/2 to 1/2, so that taps between voxels do not tilt a flat face. p in voxels.
vec3 outwards(vec3 p, uint id, bool smoothTaps) {
    vec3 tap = vec3(u_tap);
    vec3 q = (p - 0.5) / tap;
    ivec3 middle = ivec3(floor(q + 0.5));
    vec3 sum = vec3(0.0);
    for (int z = -2; z <= 2; z++) {
        for (int y = -2; y <= 2; y++) {
            for (int x = -2; x <= 2; x++) {
                vec3 off = vec3(middle + ivec3(x, y, z)) - q;
                float w = 1.0 - dot(off, off) / 5.76;
                if (w <= 0.0)
                    continue;
                ivec3 v = clamp((middle + ivec3(x, y, z)) * u_tap, ivec3(0), u_size - 1);
                float share = smoothTaps ? texelFetch(u_field, v, 0).r - 0.5 : 0.5;
                // below 1/2 the field is background, whose label need not be read
                if (share >= 0.0 && texelFetch(u_labels, v, 0).r != id)
                    share = -0.5;
                sum += share * w * off;
            }
        }
    }
    return -sum / (tap * u_spacing);
}

vec3 normalAt(vec3 p, uint id, bool smoothTaps, vec3 otherwise) {
    vec3 n = outwards(p, id, smoothTaps);
    float size = length(n);
    return size > 1.0e-6 ? n / size : otherwise;
}

// The id that has most of a place between eight voxel centres.
uint idAround(vec3 p) {
    vec3 q = p - 0.5;
    ivec3 base = ivec3(floor(q));
    vec3 f = q - vec3(base);
    uint ids[8];
    float parts[8];
    for (int n = 0; n < 8; n++) {
        ivec3 corner = ivec3(n & 1, (n >> 1) & 1, n >> 2);
        vec3 w = mix(1.0 - f, f, vec3(corner));
        ids[n] = labelAt(base + corner);
        parts[n] = isShown(ids[n]) ? w.x * w.y * w.z : 0.0;
    }
    uint best = 0u;
    float most = 0.0;
    for (int n = 0; n < 8; n++) {
        float sum = 0.0;
        for (int m = 0; m < 8; m++)
            sum += ids[m] == ids[n] ? parts[m] : 0.0;
        if (parts[n] > 0.0 && sum > most) {
            most = sum;
            best = ids[n];
        }
    }
    return best;
}

struct Walk {
    vec3 o, d, inverse;    // in voxels, t in micrometres
    ivec3 step, ahead;     // -1 or 1; 0 or 1
    ivec3 voxel;
    float t;
    vec3 face;             // normal of the face that was passed last
};

Walk beginWalk(vec3 o, vec3 d, float t, vec3 face) {
    Walk w;
    w.o = o / u_spacing;
    w.d = d / u_spacing;
    w.inverse = 1.0 / w.d;
    w.ahead = ivec3(greaterThan(d, vec3(0.0)));
    w.step = 2 * w.ahead - 1;
    w.voxel = clamp(ivec3(floor(w.o + t * w.d)), ivec3(0), u_size - 1);
    w.t = t;
    w.face = face;
    return w;
}

// The axis whose border comes first; x before y before z where several come at once.
ivec3 firstAxis(vec3 t) {
    return t.x <= t.y && t.x <= t.z ? ivec3(1, 0, 0) : t.y <= t.z ? ivec3(0, 1, 0) : ivec3(0, 0, 1);
}

void stepVoxel(inout Walk w) {
    vec3 border = (vec3(w.voxel + w.ahead) - w.o) * w.inverse;
    ivec3 axis = firstAxis(border);
    w.t = dot(border, vec3(axis));
    w.voxel += axis * w.step;
    w.face = -vec3(axis * w.step);
}

// Where a voxel's index stands when the ray has passed everything before t, counted exactly as single steps would.
int passedUntil(int voxel, float o, float d, float inverse, int step, int ahead, float t, bool first, int low, int high) {
    int v = clamp(int(floor(o + t * d)), low, high);
    for (int n = 0; n < 2; n++) {
        float border = (float(v + ahead) - o) * inverse;
        if ((border < t || (first && border == t)) && v + step >= low && v + step <= high)
            v += step;
    }
    for (int n = 0; n < 2; n++) {
        float border = (float(v - step + ahead) - o) * inverse;
        if (!(border < t || (first && border == t)) && v != voxel)
            v -= step;
    }
    return v;
}

// Where the ray leaves the empty voxels around a cube.
void leaveSpace(inout Walk w, ivec3 cube, int distance) {
    ivec3 low, high;
    emptyBox(cube, distance, u_size, low, high);
    vec3 border = (vec3(w.ahead * high + (1 - w.ahead) * low) - w.o) * w.inverse;
    ivec3 axis = firstAxis(border);
    float t = dot(border, vec3(axis));
    ivec3 beyond = w.ahead * high + (1 - w.ahead) * (low - 1);
    ivec3 v = w.voxel;
    high -= 1;
    v.x = axis.x == 1 ? beyond.x : passedUntil(v.x, w.o.x, w.d.x, w.inverse.x, w.step.x, w.ahead.x, t, true, low.x, high.x);
    v.y = axis.y == 1 ? beyond.y : passedUntil(v.y, w.o.y, w.d.y, w.inverse.y, w.step.y, w.ahead.y, t, axis.z == 1, low.y, high.y);
    v.z = axis.z == 1 ? beyond.z : passedUntil(v.z, w.o.z, w.d.z, w.inverse.z, w.step.z, w.ahead.z, t, false, low.z, high.z);
    w.voxel = v;
    w.t = t;
    w.face = -vec3(axis * w.step);
}

bool isOutside(Walk w, float far) {
    return w.t >= far || any(lessThan(w.voxel, ivec3(0))) || any(greaterThanEqual(w.voxel, u_size));
}

// The first voxel of a cell that is shown. What is done once a ray stays out of its loop: neighbouring pixels are drawn in step.
bool marchVoxels(vec3 o, vec3 d, float near, float far, vec3 face, out uint id, out float t, out vec3 normal, out float kind) {
    Walk w = beginWalk(o, d, near, face);
    ivec3 cube = ivec3(-1);
    uint last = 0u;
    id = 0u;
    while (id == 0u && !isOutside(w, far)) {
        if (u_skip != 0 && cube != w.voxel >> 2) {
            cube = w.voxel >> 2;
            int space = int(texelFetch(u_spaces, cube, 0).r);
            if (space > 0) {
                leaveSpace(w, cube, space);
                continue;
            }
        }
        uint found = texelFetch(u_labels, w.voxel, 0).r;
        if (found != last && isShown(found)) {
            id = found;
        } else {
            last = found;
            stepVoxel(w);
        }
    }
    if (id == 0u)
        return false;
    t = w.t;
    kind = t <= near ? KIND_CUT : KIND_CELL;
    normal = kind == KIND_CUT ? face : normalAt(w.o + t * w.d, id, true, w.face);
    return true;
}

// The first place where the field passes 1/2.
bool marchField(vec3 o, vec3 d, float near, float far, vec3 face, out uint id, out float t, out vec3 normal, out float kind) {
    vec3 a = o / u_spacing, b = d / u_spacing, scale = 1.0 / vec3(u_size);
    kind = KIND_CUT;
    t = near;
    if (texture(u_field, (a + near * b) * scale).r < 0.5) {
        kind = KIND_NONE;
        int most = int((far - near) / u_step) + 1;
        ivec3 cube = ivec3(-1);
        float low = near, high = near;
        for (int k = 1; k <= most && kind == KIND_NONE; k++) {
            float at = min(near + float(k) * u_step, far);
            vec3 p = a + at * b;
            if (u_skip != 0) {
                ivec3 voxel = clamp(ivec3(floor(p)), ivec3(0), u_size - 1);
                if (cube != voxel >> 2) {
                    cube = voxel >> 2;
                    int space = int(texelFetch(u_spaces, cube, 0).r);
                    if (space > 0) {
                        ivec3 first, end;
                        emptyBox(cube, space, u_size, first, end);
                        vec3 border = (mix(vec3(first), vec3(end), greaterThan(b, vec3(0.0))) - a) / b;
                        k = max(k, int(ceil((min(min(border.x, border.y), border.z) - near) / u_step)) - 1);
                        continue;
                    }
                }
            }
            if (texture(u_field, p * scale).r >= 0.5) {
                low = max(near, near + float(k - 1) * u_step);
                high = at;
                kind = KIND_CELL;
            }
        }
        if (kind == KIND_NONE)
            return false;
        for (int n = 0; n < 5; n++) {
            float middle = 0.5 * (low + high);
            bool inside = texture(u_field, (a + middle * b) * scale).r >= 0.5;
            low = inside ? low : middle;
            high = inside ? middle : high;
        }
        t = high;
    }
    vec3 p = a + t * b;
    id = idAround(p);
    if (id == 0u)
        return false;
    normal = kind == KIND_CUT ? face : normalAt(p, id, true, -d);
    return true;
}

// Cells that are not isolated, as glass: each counts once, where the ray enters it.
vec4 ghosts(vec3 o, vec3 d, float near, float far, vec3 face) {
    Walk w = beginWalk(o, d, near, face);
    vec4 glass = vec4(0.0);
    uint last = 0u;
    int entries = 0;
    ivec3 cube = ivec3(-1);
    while (!isOutside(w, far) && entries < 8) {
        if (u_skip != 0 && cube != w.voxel >> 2) {
            cube = w.voxel >> 2;
            int space = int(texelFetch(u_spaces, cube, 0).r);
            if (space > 0) {
                leaveSpace(w, cube, space);
                last = 0u;
                continue;
            }
        }
        uint found = texelFetch(u_labels, w.voxel, 0).r;
        if (found != last && found != 0u && (lookOf(found).a & GHOST) != 0u) {
            vec3 n = normalAt(w.o + w.t * w.d, found, false, w.face);
            float rim = 1.0 - abs(dot(n, d));
            float alpha = u_ghost * (0.25 + 0.75 * rim * rim);
            vec3 color = vec3(0.62, 0.70, 0.82) * (0.35 + 0.65 * max(0.0, -dot(n, d)));
            glass += (1.0 - glass.a) * alpha * vec4(color, 1.0);
            entries++;
        }
        last = found;
        stepVoxel(w);
    }
    return glass;
}

void main() {
    vec3 o, d, face, normal = vec3(0.0);
    float near, far, t = FAR, kind = KIND_NONE;
    uint id = 0u;
    o_ghost = vec4(0.0);
    pixelRay(gl_FragCoord.xy, o, d);
    if (clipRay(o, d, near, far, face)) {
        bool hit = u_march != 0 && (u_smooth != 0 ? marchField(o, d, near, far, face, id, t, normal, kind) : marchVoxels(o, d, near, far, face, id, t, normal, kind));
        if (!hit) {
            id = 0u;
            t = FAR;
            kind = KIND_NONE;
        }
        for (int axis = 0; axis < 3; axis++) {
            float at = (u_slices[axis] - o[axis]) / d[axis];
            if (u_slices[axis] >= 0.0 && at >= near && at <= far && at < t) {
                t = at;
                kind = KIND_SLICE;
                normal = vec3(axis == 0, axis == 1, axis == 2) * -sign(d[axis]);
                uint found = labelAt(ivec3(floor((o + at * d) / u_spacing)));
                id = isShown(found) ? found : 0u;
            }
        }
        if (u_ghost > 0.0 && u_march != 0)
            o_ghost = ghosts(o, d, near, min(far, t), face);
    }
    o_id = id;
    o_surface = vec4(normal, kind);
    o_depth = t;
    gl_FragDepth = clamp(t * u_depthScale, 0.0, 1.0);
}
