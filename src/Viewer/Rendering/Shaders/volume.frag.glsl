// Light of one channel before the surface that was found. Channels are added; what they let through is multiplied.
layout(location = 0) out vec4 o_light;     // linear colour, share of what is behind that is still seen

uniform sampler3D u_image;
uniform sampler2D u_lut;
uniform sampler2D u_depth, u_surface;
uniform vec3 u_spacing;
uniform ivec3 u_size;
uniform int u_mode;                // 0 none, 1 brightest, 2 attenuated, 3 translucent
uniform float u_low, u_scale;      // contrast on the texture's values
uniform float u_gamma, u_opacity;
uniform float u_density;           // per micrometre at full intensity
uniform float u_step;

float shown(float value) {
    float v = clamp((value - u_low) * u_scale, 0.0, 1.0);
    return u_gamma == 1.0 ? v : pow(v, u_gamma);
}

vec3 color(float v) {
    return pow(texture(u_lut, vec2((v * 255.0 + 0.5) / 256.0, 0.5)).rgb, vec3(2.2));
}

void main() {
    vec3 o, d, face;
    float near, far;
    pixelRay(gl_FragCoord.xy, o, d);
    o_light = vec4(0.0, 0.0, 0.0, 1.0);
    if (!clipRay(o, d, near, far, face))
        return;
    ivec2 pixel = ivec2(gl_FragCoord.xy);
    float depth = texelFetch(u_depth, pixel, 0).r;
    bool onSlice = texelFetch(u_surface, pixel, 0).a == 3.0;
    vec3 a = o / u_spacing, b = d / u_spacing, size = 1.0 / vec3(u_size);
    float end = min(far, depth);
    vec3 light = vec3(0.0);
    float through = 1.0;
    if (u_mode != 0) {
        float best = 0.0, passed = 0.0;
        int most = int((end - near) / u_step);
        for (int k = 0; k <= most; k++) {
            float t = near + (float(k) + 0.5) * u_step;
            if (t > end)
                break;
            vec3 p = a + t * b;
            ivec3 voxel = clamp(ivec3(floor(p)), ivec3(0), u_size - 1);
            if (u_skip != 0) {
                float enough = u_mode == 1 ? max(u_low, best) : u_low;
                int side = emptyBrick(voxel, uint(max(0.0, floor(enough * 65535.0))));
                if (side > 0) {
                    k = max(k, sampleBeyond(a, b, voxel, side, near, u_step, 0.5) - 1);
                    continue;
                }
            }
            float value = texture(u_image, p * size).r;
            if (u_mode == 1) {
                best = max(best, value);
            } else {
                float v = shown(value);
                if (u_mode == 2) {
                    best = max(best, v * exp(-passed));
                    passed += v * u_density * u_step;
                    if (passed > 7.0)
                        break;
                } else {
                    float alpha = 1.0 - exp(-v * u_density * u_step);
                    light += through * alpha * color(v);
                    through *= 1.0 - alpha;
                    if (through < 0.003)
                        break;
                }
            }
        }
        if (u_mode != 3) {
            float v = u_mode == 1 ? shown(best) : best;
            light = color(v);
            through = 1.0 - v;
        }
    }
    if (onSlice)
        light += through * color(shown(texture(u_image, (a + depth * b) * size).r));
    o_light = vec4(light * u_opacity, 1.0 - u_opacity * (1.0 - through));
}
