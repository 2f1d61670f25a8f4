#pragma once
// Short sounds by the hundred: drops, bubbles, crackles, knocks. Each pool is bounded; when it is
// full the new grain is left out, which nobody hears among so many.

#include "environments/soundscape/chance.hpp"
#include "environments/soundscape/filters.hpp"
#include "environments/soundscape/voice.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace haven::soundscape {

/// One struck or bubbling thing: a sine that dies away.
struct Ping {
    float hz = 1000.0F;
    float rise = 0.0F;       ///< octaves a second: bubbles rise as they near the surface
    float decay_s = 0.02F;   ///< to 1/e
    float attack_s = 0.001F; ///< to most of it; never a click
    float level = 1.0F;
    std::size_t offset = 0; ///< in the chunk
};

/// Many pings at once.
class Pings {
  public:
    void start(const Ping& ping);
    void add(Chunk& chunk);

  private:
    struct Grain {
        float sine = 0.0F;
        float cosine = 0.0F; ///< 0: free
        float hz = 0.0F;
        float rise_a_chunk = 1.0F;
        float slow = 0.0F; ///< envelope: the slow decay less the fast one
        float fast = 0.0F;
        float slow_step = 0.0F;
        float fast_step = 0.0F;
        std::size_t offset = 0;
        bool live = false;
    };
    static constexpr std::size_t grains_max = 48;
    void add(Grain& grain, Chunk& chunk) const;

    std::array<Grain, grains_max> grains_{};
};

/// One short breath of noise in a band: a crackle, a drop on a leaf.
struct Burst {
    float hz = 2000.0F;
    float q = 1.0F;
    float decay_s = 0.005F;
    float attack_s = 0.0005F;
    float level = 1.0F;
    std::size_t offset = 0;
};

class Bursts {
  public:
    explicit Bursts(std::uint32_t seed) : chance_(seed) {}
    void start(const Burst& burst);
    void add(Chunk& chunk);

  private:
    struct Grain {
        Svf filter{1000.0F, 1.0F};
        float slow = 0.0F;
        float fast = 0.0F;
        float slow_step = 0.0F;
        float fast_step = 0.0F;
        std::size_t offset = 0;
        bool live = false;
    };
    static constexpr std::size_t grains_max = 24;

    Chance chance_;
    std::array<Grain, grains_max> grains_{};
};

} // namespace haven::soundscape
