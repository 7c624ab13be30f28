// Averages the pixels drawn for one of the picture, in linear light, and encodes for screens.
layout(location = 0) out vec4 o_color;

uniform sampler2D u_image;
uniform int u_factor;

void main() {
    vec4 sum = vec4(0.0);
    ivec2 from = ivec2(gl_FragCoord.xy) * u_factor;
    for (int y = 0; y < u_factor; y++) {
        for (int x = 0; x < u_factor; x++) {
            vec4 part = texelFetch(u_image, from + ivec2(x, y), 0);
            sum += vec4(min(part.rgb, vec3(part.a)), part.a);     // bright spots must not leak over an edge
        }
    }
    sum /= float(u_factor * u_factor);
    vec3 color = clamp(sum.a > 0.0 ? sum.rgb / sum.a : vec3(0.0), 0.0, 1.0);
    // less than half a step either way: smooth gradients show no bands, flat colours stay as they are
    uvec2 at = uvec2(gl_FragCoord.xy);
    uint mixed = (at.x * 1973u + at.y * 9277u) * 26699u;
    mixed = (mixed ^ (mixed >> 13)) * 1274126177u;
    float noise = (float(mixed >> 16) / 65535.0 - 0.5) * 0.9 / 255.0;
    o_color = vec4(pow(color, vec3(1.0 / 2.2)) + noise, sum.a);
}
