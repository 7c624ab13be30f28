// Edges behind cells are faint.
layout(location = 0) out vec4 o_color;

uniform sampler2D u_depth;
uniform vec3 u_color;          // linear

in vec3 v_place;

void main() {
    vec3 v = v_place - u_eye;
    float t = u_perspective != 0 ? length(v) : dot(v, u_forward);
    bool hidden = t > texelFetch(u_depth, ivec2(gl_FragCoord.xy), 0).r * 1.0001;
    float alpha = hidden ? 0.12 : 0.75;
    o_color = vec4(u_color * alpha, alpha);
}
