// Lines from a texture of three texels each: from and its alpha, to, linear colour.
uniform sampler2D u_lines;

out vec3 v_place;
flat out vec4 v_color;

vec4 texel(int line, int part) {
    int across = textureSize(u_lines, 0).x / 3;
    return texelFetch(u_lines, ivec2(line % across * 3 + part, line / across), 0);
}

void main() {
    int line = gl_VertexID / 6;
    vec4 from = texel(line, 0);
    v_color = vec4(texel(line, 2).rgb, from.a);
    gl_Position = strokeCorner(from.xyz, texel(line, 1).xyz, gl_VertexID % 6, v_place);
}
