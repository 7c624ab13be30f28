// Colours, light, lines between cells, glass and the image's light, from the buffers: nothing is marched again.
layout(location = 0) out vec4 o_color;     // linear, multiplied by alpha

uniform usampler2D u_id;
uniform sampler2D u_surface, u_depth, u_ghostLight, u_light, u_open;
uniform vec3 u_backTop, u_backBottom;      // linear
uniform float u_backAlpha;
uniform vec3 u_key, u_fill, u_sky;         // towards them
uniform float u_occlusion, u_gloss;
uniform int u_edge, u_outline;             // pixels
uniform float u_sliceOpacity;
uniform vec3 u_isoColors[8];               // linear

const float KIND_CUT = 2.0, KIND_SLICE = 3.0, KIND_ISO = 8.0;

float openness(ivec2 pixel, float t) {
    if (u_occlusion == 0.0)
        return 1.0;
    float sum = 0.0, parts = 0.0;
    ivec2 last = ivec2(u_viewport) - 1;
    float slack = 0.02 * t;
    for (int y = -2; y < 2; y++) {
        for (int x = -2; x < 2; x++) {
            ivec2 at = clamp(pixel + ivec2(x, y), ivec2(0), last);
            if (abs(texelFetch(u_depth, at, 0).r - t) > slack)
                continue;
            sum += texelFetch(u_open, at, 0).r;
            parts += 1.0;
        }
    }
    return mix(1.0, parts > 0.0 ? sum / parts : 1.0, u_occlusion);
}

// Whether another id lies within some pixels.
bool isEdge(ivec2 pixel, uint id, int width) {
    ivec2 last = ivec2(u_viewport) - 1;
    for (int n = 0; n < 8; n++) {
        ivec2 side = ivec2(n < 3 ? -1 : n < 5 ? 0 : 1, n == 0 || n == 3 || n == 5 ? -1 : n == 1 || n == 6 ? 0 : 1);
        int reach = side.x != 0 && side.y != 0 ? (width * 7 + 5) / 10 : width;
        if (texelFetch(u_id, clamp(pixel + side * reach, ivec2(0), last), 0).r != id)
            return true;
    }
    return false;
}

vec3 lit(vec3 albedo, vec3 n, vec3 d, float open) {
    float key = max(0.0, dot(n, u_key)), fill = max(0.0, dot(n, u_fill));
    float sky = 0.5 + 0.5 * dot(n, u_sky);
    vec3 halfway = normalize(u_key - d);
    float shine = u_gloss * pow(max(0.0, dot(n, halfway)), 36.0) * open;
    vec3 light = vec3(1.0, 0.98, 0.95) * 0.80 * key + vec3(0.80, 0.88, 1.0) * 0.22 * fill + mix(vec3(0.17, 0.16, 0.16), vec3(0.42, 0.44, 0.48), sky) * open;
    light *= mix(1.0, open, 0.7);
    return albedo * light + vec3(shine);
}

void main() {
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    vec3 o, d;
    pixelRay(gl_FragCoord.xy, o, d);
    vec3 back = mix(u_backTop, u_backBottom, gl_FragCoord.y / u_viewport.y);
    vec4 color = vec4(back * u_backAlpha, u_backAlpha);
    vec4 surface = texelFetch(u_surface, pixel, 0);
    vec4 light = texelFetch(u_light, pixel, 0);
    uint id = texelFetch(u_id, pixel, 0).r;
    uvec4 look = id == 0u ? uvec4(0u) : lookOf(id);
    vec3 albedo = pow(vec3(look.rgb) / 255.0, vec3(2.2));
    bool selected = (look.a & SELECTED) != 0u;
    if (surface.a == KIND_SLICE) {
        float share = id == 0u ? 0.0 : u_outline > 0 && isEdge(pixel, id, selected ? 2 * u_outline : u_outline) ? 1.0 : u_sliceOpacity;
        color = vec4(light.rgb * (1.0 - share) + share * (selected ? mix(albedo, vec3(1.0), 0.5) : albedo), 1.0);
    } else {
        if (surface.a > 0.0) {
            float t = texelFetch(u_depth, pixel, 0).r;
            float open = openness(pixel, t);
            if (surface.a >= KIND_ISO)
                albedo = u_isoColors[int(surface.a - KIND_ISO)];
            vec3 shade = surface.a == KIND_CUT ? albedo * 0.62 : lit(albedo, surface.xyz, d, open);
            if (selected)
                shade = mix(shade, vec3(1.0), 0.18) + 0.5 * pow(1.0 - abs(dot(surface.xyz, d)), 2.0);
            if (u_edge > 0 && surface.a < KIND_SLICE && isEdge(pixel, id, u_edge))
                shade = selected ? vec3(1.0) : shade * 0.30;
            color = vec4(shade, 1.0);
        }
        vec4 glass = texelFetch(u_ghostLight, pixel, 0);
        color = glass + (1.0 - glass.a) * color;
        color = vec4(light.rgb, 1.0 - light.a) + light.a * color;
    }
    o_color = color;
}
