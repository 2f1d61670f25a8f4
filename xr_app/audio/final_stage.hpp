#pragma once

#include "xr_app/audio/hearing.hpp"
#include "xr_app/audio/output_device.hpp"

#include <array>
#include <cstddef>

namespace haven::audio {

/// What happens to everything, last: never above -4 dBFS (true peaks stay under -3 dBTP), then the
/// ears' own volumes and mono. All changes are smooth; it delays by 2 ms. Audio thread.
class FinalStage {
  public:
    explicit FinalStage(const Hearing& hearing);
    void set(const Hearing& hearing) { hearing_ = hearing; }
    /// Everything in and out, within 50 ms.
    void open(bool opened) { open_ = opened; }
    [[nodiscard]] bool closed() const { return !open_ && opening_ < 1e-4F; }
    void apply(Block& block);

  private:
    static constexpr std::size_t ahead_frames = 96;
    [[nodiscard]] float limit(float left, float right);

    Hearing hearing_;
    bool open_ = true;
    float opening_ = 0.0F; ///< where what follows is now
    float left_;
    float right_;
    float mono_;
    std::array<float, 2 * ahead_frames> waiting_{};
    std::array<float, ahead_frames> gains_{};
    double gain_sum_ = ahead_frames;
    std::size_t at_ = 0;
    float held_ = 1.0F; ///< the lowest gain that a peak ahead needs
    std::size_t hold_left_ = 0;
};

} // namespace haven::audio
