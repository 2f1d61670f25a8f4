#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace haven::audio {

/// The newest value from one thread to one other, neither ever waiting: three copies, of which the
/// writer has one, the reader one, and one lies between.
template <typename T>
class Latest {
  public:
    /// Writer.
    void post(const T& value) {
        values_.at(back_) = value;
        back_ = between_.exchange(back_ | fresh, std::memory_order_acq_rel) & place;
    }
    /// Reader: whether something new has come since the last time; then `value` has it.
    [[nodiscard]] bool take() {
        if ((between_.load(std::memory_order_relaxed) & fresh) == 0) {
            return false;
        }
        front_ = between_.exchange(front_, std::memory_order_acq_rel) & place;
        return true;
    }
    [[nodiscard]] const T& value() const { return values_.at(front_); }

  private:
    static constexpr std::uint32_t place = 3;
    static constexpr std::uint32_t fresh = 4;
    std::array<T, 3> values_{};
    std::atomic<std::uint32_t> between_{1};
    std::uint32_t back_ = 0;  ///< writer's
    std::uint32_t front_ = 2; ///< reader's
};

} // namespace haven::audio
