#pragma once

#include "environments/soundscape/score.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace haven::soundscape {

/// Voices are made in chunks of this many samples (1.3 ms); what changes slowly is looked at once
/// a chunk.
inline constexpr std::size_t chunk_samples = 64;
inline constexpr float chunk_s = static_cast<float>(chunk_samples) / sample_rate_hz;
using Chunk = std::array<float, chunk_samples>;

/// One endless mono sound. Allocates nothing once made; the same seed gives the same samples in
/// any block size. One thread at a time.
class Voice {
  public:
    Voice() = default;
    Voice(const Voice&) = delete;
    Voice& operator=(const Voice&) = delete;
    Voice(Voice&&) = delete;
    Voice& operator=(Voice&&) = delete;
    virtual ~Voice() = default;

    /// The next samples, -1 to 1. Unscaled, a voice is about as loud as a whole place should be
    /// (-30 LUFS, the rare ones while they sound).
    void read(std::span<float> out);
    /// The scene's time at the next sample, as often as it is known: what is seen while it sounds
    /// keeps to it, and goes by what is read in between. The others have no time.
    virtual void keep_time(double scene_s);

  protected:
    /// Adds to a chunk of zeros.
    virtual void make(Chunk& chunk) = 0;

  private:
    friend std::unique_ptr<Voice> make_voice(VoiceKind kind, std::uint32_t seed);

    float gain_ = 1.0F;
    Chunk chunk_{};
    std::size_t used_ = chunk_samples; ///< of the chunk
};

[[nodiscard]] std::unique_ptr<Voice> make_voice(VoiceKind kind, std::uint32_t seed);

} // namespace haven::soundscape
