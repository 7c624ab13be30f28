// Rays of the picture's pixels. Vectors are (x, y, z) in micrometres; row 0 is the top of the picture.
uniform vec3 u_eye;            // perspective: where rays start; parallel: the middle of the plane they start from
uniform vec3 u_right, u_down;  // half the picture: at distance 1 (perspective) or as it is (parallel)
uniform vec3 u_forward;        // length 1
uniform int u_perspective;
uniform vec2 u_viewport;       // pixels
uniform vec3 u_clipLow, u_clipHigh;
uniform vec4 u_planes[6];      // what has dot(plane.xyz, place) + plane.w >= 0 is shown
uniform int u_planeCount;

const float FAR = 1.0e30;

vec3 awayFromZero(vec3 d) {
    return mix(d, vec3(1.0e-7), lessThan(abs(d), vec3(1.0e-7)));
}

void pixelRay(vec2 pixel, out vec3 origin, out vec3 direction) {
    vec2 at = 2.0 * pixel / u_viewport - 1.0;
    vec3 across = at.x * u_right + at.y * u_down;
    origin = u_perspective != 0 ? u_eye : u_eye + across;
    direction = awayFromZero(u_perspective != 0 ? normalize(u_forward + across) : u_forward);
}

// The part of a ray inside the clip box and planes, and the normal of the face it enters by.
bool clipRay(vec3 o, vec3 d, out float near, out float far, out vec3 face) {
    vec3 a = (u_clipLow - o) / d, b = (u_clipHigh - o) / d;
    vec3 low = min(a, b), high = max(a, b);
    near = max(max(low.x, low.y), low.z);
    far = min(min(high.x, high.y), high.z);
    face = near == low.x ? vec3(-sign(d.x), 0.0, 0.0) : near == low.y ? vec3(0.0, -sign(d.y), 0.0) : vec3(0.0, 0.0, -sign(d.z));
    for (int n = 0; n < u_planeCount; n++) {
        float along = dot(u_planes[n].xyz, d), at = -(dot(u_planes[n].xyz, o) + u_planes[n].w);
        if (abs(along) < 1.0e-9) {
            if (at > 0.0)
                far = -1.0;
        } else if (along > 0.0) {
            if (at / along > near) {
                near = at / along;
                face = -normalize(u_planes[n].xyz);
            }
        } else {
            far = min(far, at / along);
        }
    }
    if (near < 0.0) {
        near = 0.0;
        face = -d;
    }
    return near < far;
}
