// From light to the display's eight bits: exposure, a gentle shoulder, the fade, and dither against
// bands.
vec3 encode_srgb(vec3 linear_colour) {
    vec3 c = max(linear_colour, vec3(0.0));
    return mix(1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, c * 12.92, lessThan(c, vec3(0.0031308)));
}

// Reinhard's shoulder on luminance and on the channels, mixed: bright warm light turns pale before
// it clips.
vec3 tone_map(vec3 light) {
    vec3 c = light * frame.white_saturation.rgb;
    float luminance = dot(c, vec3(0.2126, 0.7152, 0.0722));
    vec3 by_channel = c * (1.0 + c * 0.03) / (1.0 + c);
    vec3 by_luminance = c * (1.0 + luminance * 0.03) / (1.0 + luminance);
    vec3 mapped = mix(by_luminance, by_channel, by_channel);
    float grey = dot(mapped, vec3(0.2126, 0.7152, 0.0722));
    mapped = mix(vec3(grey), mapped, frame.white_saturation.w);
    return clamp(mapped, 0.0, 1.0);
}

#ifndef HAVEN_VERTEX_SHADER
vec4 mapped_to_display(vec3 c, float alpha) {
    vec2 centred = gl_FragCoord.xy / frame.size_vignette.xy * 2.0 - 1.0;
    float far = clamp(dot(centred, centred) * 0.92 - 0.11, 0.0, 1.0); // from 0.35 to 1.1
    float edge = far * far * frame.size_vignette.z;
    c *= 1.0 - edge;
    c = mix(c, frame.fade.rgb * alpha, frame.fade.w);
    // Interleaved gradient noise (Jimenez 2014), half a step of eight bits either way.
    float grain =
        fract(52.9829189 * fract(dot(gl_FragCoord.xy, vec2(0.06711056, 0.00583715)))) - 0.5;
    if (ENCODES_SRGB) {
        c = encode_srgb(c) + grain / 255.0;
    } else {
        c += grain / 255.0 * (0.25 + 1.9 * c) * alpha; // the slope of sRGB's curve
    }
    return vec4(max(c, vec3(0.0)), alpha);
}

vec4 to_display(vec3 light, float alpha) {
    return mapped_to_display(tone_map(light), alpha);
}
#endif
