// Surface of one channel's intensity, into the same buffers as the labels; the nearer of both stays.
layout(location = 0) out uint o_id;
layout(location = 1) out vec4 o_surface;
layout(location = 2) out float o_depth;
layout(location = 3) out vec4 o_ghost;

uniform sampler3D u_image;
uniform vec3 u_spacing;
uniform ivec3 u_size;
uniform float u_level;         // 0 to 1 of the texture
uniform float u_step;
uniform float u_depthScale;
uniform float u_kind;          // 8 and the channel

float value(vec3 p) {
    return texture(u_image, p / vec3(u_size)).r;
}

void main() {
    vec3 o, d, face;
    float near, far;
    pixelRay(gl_FragCoord.xy, o, d);
    if (!clipRay(o, d, near, far, face))
        discard;
    vec3 a = o / u_spacing, b = d / u_spacing;
    uint empty = uint(max(0.0, u_level * 65535.0 - 1.0));
    float t = value(a + near * b) >= u_level ? near : -1.0;
    float low = near;
    int most = int((far - near) / u_step) + 1;
    for (int k = 1; k <= most && t < 0.0; k++) {
        float at = min(near + float(k) * u_step, far);
        vec3 p = a + at * b;
        ivec3 voxel = clamp(ivec3(floor(p)), ivec3(0), u_size - 1);
        if (u_skip != 0) {
            int side = emptyBrick(voxel, empty);
            if (side > 0) {
                k = max(k, sampleBeyond(a, b, voxel, side, near, u_step, 0.0) - 1);
                continue;
            }
        }
        if (value(p) >= u_level) {
            low = near + float(k - 1) * u_step;
            t = at;
        }
    }
    // out of the loop, which neighbouring pixels go through in step
    for (int n = 0; n < 6 && t > near; n++) {
        float middle = 0.5 * (low + t);
        bool inside = value(a + middle * b) >= u_level;
        low = inside ? low : middle;
        t = inside ? middle : t;
    }
    if (t < 0.0)
        discard;
    vec3 p = a + t * b;
    vec3 gradient = vec3(
        value(p + vec3(1.0, 0.0, 0.0)) - value(p - vec3(1.0, 0.0, 0.0)),
        value(p + vec3(0.0, 1.0, 0.0)) - value(p - vec3(0.0, 1.0, 0.0)),
        value(p + vec3(0.0, 0.0, 1.0)) - value(p - vec3(0.0, 0.0, 1.0))) / u_spacing;
    vec3 normal = t <= near ? face : length(gradient) > 1.0e-9 ? -normalize(gradient) : face;
    o_id = 0u;
    o_surface = vec4(normal, u_kind);
    o_depth = t;
    o_ghost = vec4(0.0);
    gl_FragDepth = clamp(t * u_depthScale, 0.0, 1.0);
}
