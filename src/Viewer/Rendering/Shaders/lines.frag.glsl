// Lines behind a surface are faint: a tail inside its cell is still seen to be there.
layout(location = 0) out vec4 o_color;

uniform sampler2D u_depth;
uniform float u_faint;         // share of a line that is seen through what is before it

in vec3 v_place;
flat in vec4 v_color;

void main() {
    if (any(lessThan(v_place, u_clipLow)) || any(greaterThan(v_place, u_clipHigh)))
        discard;
    vec3 v = v_place - u_eye;
    float t = u_perspective != 0 ? length(v) : dot(v, u_forward);
    bool hidden = t > texelFetch(u_depth, ivec2(gl_FragCoord.xy), 0).r * 1.0001;
    float alpha = v_color.a * (hidden ? u_faint : 1.0);
    o_color = vec4(v_color.rgb * alpha, alpha);
}
