#pragma once

#include <array>
#include <cstddef>

namespace haven::seal {

/// 32 bytes that are overwritten when they go. Moves, and copies only where it is said.
class Secret {
  public:
    static constexpr std::size_t size_bytes = 32;

    Secret() = default; ///< zeros, to be filled
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    Secret(Secret&& other) noexcept;
    Secret& operator=(Secret&& other) noexcept;
    ~Secret();

    [[nodiscard]] static Secret random();
    [[nodiscard]] Secret copy() const;
    [[nodiscard]] unsigned char* data() { return bytes_.data(); }
    [[nodiscard]] const unsigned char* data() const { return bytes_.data(); }
    [[nodiscard]] bool operator==(const Secret& other) const; ///< in constant time

  private:
    void wipe();
    std::array<unsigned char, size_bytes> bytes_{};
};

} // namespace haven::seal
