#pragma once
// Sounds that answer the person: ink and bells. Not part of a place.

#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/echo.hpp"
#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/grains.hpp"
#include "environments/soundscape/slow.hpp"
#include "environments/soundscape/voice.hpp"

#include <cstdint>

namespace haven::soundscape {

/// What a hand does while it draws.
struct Stroking {
    bool drawing = false;
    float speed_m_per_s = 0.0F;
    float pressure = 0.0F; ///< 0 to 1
};

/// The ink's soft voice: a brush on paper that brightens with speed, over a tone so low in level
/// that it is felt as warmth. Silent while the hand rests; comes and goes without an edge.
class InkVoice final : public Voice {
  public:
    InkVoice(std::uint32_t seed, float tone_hz);
    /// From the next chunk on.
    void follow(const Stroking& stroking) { stroking_ = stroking; }

  protected:
    void make(Chunk& chunk) override;

  private:
    Chance chance_;
    PinkNoise pink_;
    Drift grain_;
    Stroking stroking_;
    float tone_hz_;
    float phase_ = 0.0F;
    float fifth_phase_ = 0.0F;
    float flow_ = 0.0F;  ///< how much ink flows, followed slowly
    float speed_ = 0.0F; ///< followed slowly
    Gain brush_gain_;
    Gain tone_gain_;
    Svf brush_{900.0F, 0.8F};
};

/// A singing bowl. Strokes may overlap.
class BellVoice final : public Voice {
  public:
    BellVoice() = default;
    /// At the next chunk. `warmth` lengthens it: 1 rings for about six seconds.
    void strike(float hz, float warmth);

  protected:
    void make(Chunk& chunk) override;

  private:
    Pings partials_;
    Echo room_{{.decay_s = 1.6F, .size = 1.1F, .bright_hz = 2600.0F}};
};

} // namespace haven::soundscape
