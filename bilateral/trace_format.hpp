#pragma once

#include "bilateral/grid_sample.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

/// What the trace's writer and reader share; FORMAT-trace.md says it in prose.
namespace haven::trace {

inline constexpr std::string_view magic = "HVNTRACE";
inline constexpr std::size_t header_bytes_version_1 = 116;
inline constexpr std::size_t header_bytes = 132;
inline constexpr std::size_t header_bytes_max = 4096;
inline constexpr std::size_t crc_bytes = 4;
inline constexpr std::size_t block_header_bytes = 16;
inline constexpr std::size_t block_payload_bytes_max = std::size_t{1} << 20U;
inline constexpr std::size_t brush_bytes = 16;
inline constexpr std::size_t symmetry_bytes = 40;
inline constexpr std::size_t end_bytes = 20;
inline constexpr std::size_t placement_bytes = 20;
inline constexpr std::size_t ink_command_bytes = 24;

/// Bits of the header's flags.
inline constexpr std::uint32_t flag_measured = 1;

/// A reader skips a block of a type it does not know, unless the type has its top bit set.
inline constexpr std::uint8_t must_be_known = 0x80;
enum class BlockType : std::uint8_t {
    samples = 1,
    brush = 2,
    symmetry = 3,
    paused = 4,
    resumed = 5,
    end = 6,
    placement = 7,
    ink_command = must_be_known | 1U,
};

/// The columns of a block of samples, in the order in which they are written.
inline constexpr std::size_t column_count = 10;
using Row = std::array<std::int64_t, column_count>;

inline Row row_of(const GridSample& s) {
    const unsigned state = (s.tracked ? 1U : 0U) | (s.drawing ? 2U : 0U) |
                           (static_cast<unsigned>(s.source) << 2U) | (s.inferred ? 16U : 0U);
    return {s.time_us,          s.position_10um[0],
            s.position_10um[1], s.position_10um[2],
            s.orientation[0],   s.orientation[1],
            s.orientation[2],   s.orientation_largest,
            s.pressure,         state};
}

/// Appends the block that ends a trace of so many samples of each hand, in so many blocks.
void put_end(std::vector<std::byte>& bytes, const std::array<std::uint64_t, 2>& samples,
             std::uint32_t blocks_before);

/// Little-endian integers and floats at the end of a buffer.
class ByteWriter {
  public:
    explicit ByteWriter(std::vector<std::byte>& out) : out_{out} {}

    template <typename T>
        requires std::is_integral_v<T>
    void put(T value) {
        auto bits = static_cast<std::make_unsigned_t<T>>(value);
        for (std::size_t i = 0; i < sizeof(T); ++i) {
            out_.push_back(static_cast<std::byte>((std::uint64_t{bits} >> (8U * i)) & 0xFFU));
        }
    }
    void put(float value) { put(std::bit_cast<std::uint32_t>(value)); }

  private:
    std::vector<std::byte>& out_;
};

/// The same, read. The caller has made sure that the bytes are there.
class ByteReader {
  public:
    explicit ByteReader(std::span<const std::byte> bytes) : bytes_{bytes} {}

    template <typename T>
    [[nodiscard]] T get() {
        if constexpr (std::is_same_v<T, float>) {
            return std::bit_cast<float>(get<std::uint32_t>());
        } else {
            std::uint64_t value = 0;
            for (std::size_t i = 0; i < sizeof(T); ++i) {
                value |= std::to_integer<std::uint64_t>(bytes_[at_++]) << (8U * i);
            }
            return static_cast<T>(value);
        }
    }
    void skip(std::size_t count) { at_ += count; }

  private:
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
};

} // namespace haven::trace
