// Straight lines as thin rectangles on the screen; six corners each.
uniform float u_width;         // half, in pixels

vec3 project(vec3 p) {
    vec3 v = p - u_eye;
    float along = dot(v, u_forward), w = u_perspective != 0 ? along : 1.0;
    return vec3(dot(v, u_right) / dot(u_right, u_right), dot(v, u_down) / dot(u_down, u_down), w);
}

// Where a corner of the line's rectangle is on the screen, and where on the line.
vec4 strokeCorner(vec3 from, vec3 to, int corner, out vec3 place) {
    vec3 a = project(from), b = project(to);
    bool atEnd = corner == 1 || corner == 2 || corner == 4;
    bool right = corner == 2 || corner == 4 || corner == 5;
    vec2 along = (b.xy / b.z - a.xy / a.z) * u_viewport;
    vec2 across = length(along) > 0.0 ? normalize(vec2(-along.y, along.x)) : vec2(1.0, 0.0);
    vec3 at = atEnd ? b : a;
    place = atEnd ? to : from;
    return vec4(at.xy + (right ? 1.0 : -1.0) * across * u_width / u_viewport * at.z, 0.0, at.z);
}
