// The twelve edges of a box.
uniform vec3 u_boxLow, u_boxHigh;

out vec3 v_place;

void main() {
    int edge = gl_VertexID / 6;
    int axis = edge >> 2, side = edge & 3;
    vec3 from = vec3(0.0), to;
    from[(axis + 1) % 3] = float(side & 1);
    from[(axis + 2) % 3] = float(side >> 1);
    to = from;
    to[axis] = 1.0;
    gl_Position = strokeCorner(mix(u_boxLow, u_boxHigh, from), mix(u_boxLow, u_boxHigh, to), gl_VertexID % 6, v_place);
}
