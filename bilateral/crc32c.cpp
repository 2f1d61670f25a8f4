#include "bilateral/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace haven {

namespace {

using Table = std::array<std::uint32_t, 256>;

/// Table k advances a byte over k more zero bytes, so that four bytes go at once.
constexpr std::array<Table, 4> make_tables() {
    constexpr std::uint32_t reversed_polynomial = 0x82F63B78U;
    std::array<Table, 4> tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) {
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? reversed_polynomial : 0U);
        }
        tables[0][byte] = crc;
    }
    for (std::size_t k = 1; k < tables.size(); ++k) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t last = tables[k - 1][byte];
            tables[k][byte] = (last >> 8U) ^ tables[0][last & 0xFFU];
        }
    }
    return tables;
}

constexpr std::array<Table, 4> tables = make_tables();

} // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc) {
    crc = ~crc;
    const auto byte_at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
    std::size_t i = 0;
    for (; i + 4 <= bytes.size(); i += 4) {
        crc ^=
            byte_at(i) | (byte_at(i + 1) << 8U) | (byte_at(i + 2) << 16U) | (byte_at(i + 3) << 24U);
        crc = tables[3][crc & 0xFFU] ^ tables[2][(crc >> 8U) & 0xFFU] ^
              tables[1][(crc >> 16U) & 0xFFU] ^ tables[0][crc >> 24U];
    }
    for (; i < bytes.size(); ++i) {
        crc = (crc >> 8U) ^ tables[0][(crc ^ byte_at(i)) & 0xFFU];
    }
    return ~crc;
}

} // namespace haven
