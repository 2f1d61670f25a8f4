// From light to the display's eight bits: exposure, a gentle shoulder, the fade, and dither against
// bands.
vec3 encode_srgb(vec3 linear_colour) {
    vec3 c = max(linear_colour, vec3(0.0));
    return mix(1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, c * 12.92, lessThan(c, vec3(0.0031308)));
}

// Reinhard's shoulder on luminance and on the channels, mixed: bright warm light turns pale before
// it clips. Where a scene allows no luminance above `most`, light bends over from half of that on
// and keeps its own hue instead of turning pale: a held flame is deep, not grey.
vec3 tone_map_under(vec3 light, float most) {
    const vec3 LUMINANCE = vec3(0.2126, 0.7152, 0.0722);
    vec3 c = light * frame.white_saturation.rgb;
    float luminance = dot(c, LUMINANCE);
    vec3 by_channel = c * (1.0 + c * 0.03) / (1.0 + c);
    vec3 by_luminance = c * (1.0 + luminance * 0.03) / (1.0 + luminance);
    vec3 mapped = mix(by_luminance, by_channel, by_channel);
    float grey = dot(mapped, LUMINANCE);
    if (HOLDS_BRIGHTNESS && grey > 0.5 * most) {
        float past = grey / (0.5 * most) - 1.0;
        float bent = past / (1.0 + past);
        float held = 0.5 * most * (1.0 + bent);
        mapped = mix(mapped / grey, max(c, vec3(0.0)) / max(luminance, 1e-4), bent) * held;
        grey = held;
    }
    mapped = mix(vec3(grey), mapped, frame.white_saturation.w);
    return clamp(mapped, 0.0, 1.0);
}

vec3 tone_map(vec3 light) {
    return tone_map_under(light, frame.size_vignette.w);
}

#ifndef HAVEN_VERTEX_SHADER
// Interleaved gradient noise (Jimenez 2014), half a step of eight bits either way.
vec4 dithered(vec3 c, float alpha) {
    float grain =
        fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))) - 0.5;
    if (ENCODES_SRGB) {
        c = encode_srgb(c) + grain / 255.0;
    } else { // the slope of sRGB's curve
        c = c * (1.0 + grain * (1.9 / 255.0) * alpha) + grain * (0.25 / 255.0) * alpha;
    }
    return vec4(max(c, vec3(0.0)), alpha);
}

vec4 faded_to_display(vec3 c, float alpha) {
    if (frame.size_vignette.z > 0.0) {
        vec2 centred = gl_FragCoord.xy / frame.size_vignette.xy * 2.0 - 1.0;
        float far = clamp(dot(centred, centred) * 0.92 - 0.11, 0.0, 1.0); // from 0.35 to 1.1
        c *= 1.0 - far * far * (3.0 - 2.0 * far) * frame.size_vignette.z;
    }
    return dithered(c, alpha);
}

vec4 mapped_to_display(vec3 c, float alpha) {
    if (frame.fade.w > 0.0) {
        c = mix(c, frame.fade.rgb * alpha, frame.fade.w);
    }
    return faded_to_display(c, alpha);
}

vec4 to_display(vec3 light, float alpha) {
    return mapped_to_display(tone_map(light), alpha);
}

// Light that is added to what is there: of what the scene allows it takes a share, so that all of
// it together is still held.
vec4 added_to_display(vec3 light, float share) {
    vec3 c = tone_map_under(light, share * frame.size_vignette.w);
    return vec4(mapped_to_display(c, 0.0).rgb * (1.0 - frame.fade.w), 0.0);
}
#endif
