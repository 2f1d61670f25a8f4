#pragma once

namespace haven::audio {

/// How a person wants to hear. Every change is smooth.
struct Hearing {
    bool spatial = true; ///< placed in space for headphones (HRTF); else plain stereo
    bool mono = false;   ///< both ears hear everything
    float volume = 1.0F; ///< 0 to 1, of everything; at 1 a place is at -30 LUFS
    float left = 1.0F;   ///< 0 to 1, by ear
    float right = 1.0F;
    float surroundings = 1.0F; ///< 0 to 1; 0 leaves only what carries meaning
    float ink = 1.0F;
    float bells = 1.0F;
    friend bool operator==(const Hearing&, const Hearing&) = default;
};

} // namespace haven::audio
