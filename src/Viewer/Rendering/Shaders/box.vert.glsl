// The twelve edges of a box as thin rectangles on the screen.
uniform vec3 u_boxLow, u_boxHigh;
uniform float u_width;         // pixels

out vec3 v_place;

vec3 project(vec3 p) {
    vec3 v = p - u_eye;
    float along = dot(v, u_forward), w = u_perspective != 0 ? along : 1.0;
    return vec3(dot(v, u_right) / dot(u_right, u_right), dot(v, u_down) / dot(u_down, u_down), w);
}

void main() {
    int edge = gl_VertexID / 6, corner = gl_VertexID % 6;
    int axis = edge >> 2, side = edge & 3;
    vec3 from = vec3(0.0), to;
    from[(axis + 1) % 3] = float(side & 1);
    from[(axis + 2) % 3] = float(side >> 1);
    to = from;
    to[axis] = 1.0;
    from = mix(u_boxLow, u_boxHigh, from);
    to = mix(u_boxLow, u_boxHigh, to);
    vec3 a = project(from), b = project(to);
    bool atEnd = corner == 1 || corner == 2 || corner == 4;
    bool right = corner == 2 || corner == 4 || corner == 5;
    vec2 along = (b.xy / b.z - a.xy / a.z) * u_viewport;
    vec2 across = length(along) > 0.0 ? normalize(vec2(-along.y, along.x)) : vec2(1.0, 0.0);
    vec3 at = atEnd ? b : a;
    v_place = atEnd ? to : from;
    gl_Position = vec4(at.xy + (right ? 1.0 : -1.0) * across * u_width / u_viewport * at.z, 0.0, at.z);
}
