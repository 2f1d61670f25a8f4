// The sky in a direction: a gradient that fog and water share, so that nothing shows a seam at the
// horizon.
// The air's own light comes from rows by elevation, close at the horizon: scene::SkyLight.
struct SkyRow {
    uint low;
    float past;
};
SkyRow sky_row(float up) {
    float at = sqrt(clamp(up, 0.0, 1.0)) * float(HAVEN_SKY_ROWS - 1);
    uint low = min(uint(at), uint(HAVEN_SKY_ROWS - 2));
    return SkyRow(low, at - float(low));
}

vec3 sky_gradient(vec3 direction) {
    vec3 above;
    if (HAS_AIR) {
        SkyRow row = sky_row(direction.y);
        float side = dot(direction.xz, frame.cloud_between.zw) *
                     inversesqrt(max(dot(direction.xz, direction.xz), 1e-6));
        above = mix(frame.sky_even[row.low].rgb + frame.sky_toward[row.low].rgb * side,
                    frame.sky_even[row.low + 1u].rgb + frame.sky_toward[row.low + 1u].rgb * side,
                    row.past);
    } else {
        float up = clamp(direction.y * frame.sky_zenith.w, 0.0, 1.0);
        float climb = 1.0 - (1.0 - up) * (1.0 - up);
        above = mix(frame.sky_horizon.rgb, frame.sky_zenith.rgb, climb);
    }
    float below = clamp(-direction.y * 6.0, 0.0, 1.0);
    return mix(above, frame.sky_ground.rgb, below);
}

vec3 sky_glow(vec3 direction) {
    float cosine = dot(direction, frame.to_sun.xyz);
    vec3 glow = frame.glow_colour.rgb * exp2((max(cosine, 0.0) - 1.0) * frame.glow_colour.w);
    if (HAS_AIR) { // Henyey and Greenstein: haze throws light on
        SkyRow row = sky_row(direction.y);
        float near = inversesqrt(1.64 - 1.6 * min(cosine, 1.0));
        glow += mix(frame.sky_halo[row.low].rgb, frame.sky_halo[row.low + 1u].rgb, row.past) *
                (near * near * near);
    }
    return glow;
}

vec3 sky_sun(vec3 direction) {
    float toward = dot(direction, frame.to_sun.xyz);
    return frame.sun_colour.rgb * clamp((toward - frame.to_sun.w) * frame.sun_colour.w, 0.0, 1.0);
}

vec3 sky_clouds(vec3 direction, vec3 behind) {
    if (!HAS_CLOUDS) {
        return behind;
    }
    float height = max(direction.y, 0.015);
    vec2 plane = direction.xz / (height + 0.12) * 0.06 * frame.sky_ground.w;
    float broad = textureLod(noise_map, plane + frame.cloud_offset.xy, 1.0).r;
    float fine = textureLod(noise_map, plane * 3.1 - frame.cloud_offset.xy, 0.0).g;
    float cover = frame.sky_horizon.w;
    float density = smoothstep(0.95 - cover, 1.25 - cover * 0.8, broad * 0.72 + fine * 0.38);
    density *= smoothstep(frame.cloud_between.x, frame.cloud_between.x + 0.10, direction.y);
    density *= 1.0 - smoothstep(frame.cloud_between.y * 0.6, frame.cloud_between.y, direction.y);
    vec3 lit = frame.cloud_colour.rgb * (0.82 + 0.18 * broad);
    lit += (LEAN && HAS_AIR ? 0.5 * behind : sky_glow(direction)) * 0.6;
    if (HAS_AIR && !LEAN) { // what lies between here and the sun takes its share
        vec2 sunward = plane + frame.cloud_between.zw * 0.035;
        float before = textureLod(noise_map, sunward + frame.cloud_offset.xy, 1.0).r;
        lit *= 1.22 - 0.5 * smoothstep(0.4, 0.75, before);
    }
    // Thin edges toward the sun let it through.
    float toward = max(dot(direction, frame.to_sun.xyz), 0.0);
    toward *= toward;
    lit += frame.cloud_light.rgb * (toward * toward * (1.0 - 0.8 * density));
    return mix(behind, lit, density * 0.85);
}

// The air thickens toward the horizon, as it does over the land.
vec3 sky_fog(vec3 direction, vec3 light) {
    if (!HAS_FOG || HAS_AIR) {
        return light;
    }
    vec3 low = (sky_gradient(vec3(direction.x, 0.0, direction.z)) + sky_glow(direction)) *
               frame.fog_tint.rgb;
    return mix(light, low, exp2(-max(direction.y, 0.0) * 22.0));
}

// The air between: its colour, and the share of the light behind it that it keeps.
vec4 fog_at(vec3 from_eye, float world_y) {
    float distance_m = length(from_eye);
    vec3 direction = from_eye / max(distance_m, 1e-4);
    float past = max(distance_m - frame.fog.z, 0.0);
    float height_m = frame.fog_tint.w > 0.0 ? abs(world_y) : max(world_y, 0.0); // what water shows
    float density = frame.fog.x * exp2(-frame.fog.y * height_m);
    vec3 air =
        sky_gradient(vec3(direction.x, max(direction.y, 0.0), direction.z)) + sky_glow(direction);
    return vec4(air * frame.fog_tint.rgb, exp2(-density * past));
}

vec3 apply_fog(vec3 colour, vec3 from_eye, float world_y) {
    if (!HAS_FOG) {
        return colour;
    }
    vec4 fog = fog_at(from_eye, world_y);
    return mix(fog.rgb, colour, fog.a);
}
