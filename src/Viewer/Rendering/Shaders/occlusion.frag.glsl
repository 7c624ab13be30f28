// How much of the half space above each surface point is taken by other surfaces near by, from the buffers alone.
layout(location = 0) out float o_open;

uniform sampler2D u_depth, u_surface;
uniform float u_radius;        // micrometres
uniform float u_pixel;         // micrometres of a pixel, at distance 1 in a perspective

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec4 surface = texelFetch(u_surface, pixel, 0);
    o_open = 1.0;
    if (surface.a == 0.0 || surface.a == 3.0)
        return;
    vec3 o, d;
    float t = texelFetch(u_depth, pixel, 0).r;
    pixelRay(gl_FragCoord.xy, o, d);
    vec3 p = o + t * d;
    float reach = u_radius / (u_perspective != 0 ? t * u_pixel : u_pixel);
    const int TAPS = 14;
    // sixteen spirals in turn, smoothed away afterwards
    int turn = (pixel.x & 3) + 4 * (pixel.y & 3);
    float start = 6.2831853 * fract(float(turn) * 0.61803399);
    float sum = 0.0;
    for (int n = 0; n < TAPS; n++) {
        float share = (float(n) + 0.5 + float(turn) / 16.0) / (float(TAPS) + 0.5);
        float angle = start + float(n) * 2.3999632;
        ivec2 at = pixel + ivec2(round(reach * share * vec2(cos(angle), sin(angle))));
        if (at == pixel || any(lessThan(at, ivec2(0))) || any(greaterThanEqual(at, ivec2(u_viewport))))
            continue;
        float other = texelFetch(u_depth, at, 0).r;
        if (other >= FAR)
            continue;
        vec3 o2, d2;
        pixelRay(vec2(at) + 0.5, o2, d2);
        vec3 v = o2 + other * d2 - p;
        float size = length(v);
        sum += max(0.0, dot(v, surface.xyz) / max(size, 1.0e-6) - 0.08) * max(0.0, 1.0 - size * size / (4.0 * u_radius * u_radius));
    }
    o_open = clamp(1.0 - 2.8 * sum / float(TAPS), 0.0, 1.0);
}
