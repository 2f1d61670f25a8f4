#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/uuid_v7.hpp"

#include <sys/random.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace haven {

namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

constexpr bool is_dash_place(std::size_t place) {
    return place == 8 || place == 13 || place == 18 || place == 23;
}

constexpr int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    if (digit >= 'A' && digit <= 'F') {
        return digit - 'A' + 10;
    }
    return -1;
}

std::int64_t system_unix_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void fill_from_kernel(std::span<std::uint8_t> bytes) {
    std::size_t filled = 0;
    while (filled < bytes.size()) {
        const auto rest = bytes.subspan(filled);
        const auto count = getrandom(rest.data(), rest.size(), 0);
        if (count < 0) {
            // Up to 256 bytes getrandom fails only when a signal comes before the kernel has its
            // entropy.
            if (errno != EINTR) {
                std::abort();
            }
            continue;
        }
        filled += static_cast<std::size_t>(count);
    }
}

/// Writes the low `count` bytes of `value` at `place`, most significant first.
void put_bytes(Uuid& id, std::size_t place, std::size_t count, std::uint64_t value) {
    for (std::size_t i = 0; i < count; ++i) {
        id.bytes[place + count - 1 - i] = static_cast<std::uint8_t>(value >> (8U * i));
    }
}

std::uint64_t get_bytes(const Uuid& id, std::size_t place, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        value = (value << 8U) | id.bytes[place + i];
    }
    return value;
}

constexpr std::uint64_t rand_b_bits = (std::uint64_t{1} << 62U) - 1;

Uuid compose_v7(std::uint64_t unix_ms, std::uint64_t rand_a, std::uint64_t rand_b) {
    Uuid id;
    put_bytes(id, 0, 6, unix_ms);
    put_bytes(id, 6, 2, 0x7000U | (rand_a & 0xFFFU));
    put_bytes(id, 8, 8, (std::uint64_t{2} << 62U) | (rand_b & rand_b_bits));
    return id;
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
constexpr std::uint64_t mixed(std::uint64_t value) {
    value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
    value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
    return value ^ (value >> 31U);
}

} // namespace

std::string to_string(const Uuid& id) {
    std::string text;
    text.reserve(36);
    for (const std::uint8_t byte : id.bytes) {
        if (is_dash_place(text.size())) {
            text += '-';
        }
        text += hex_digits[byte >> 4U];
        text += hex_digits[byte & 0xFU];
    }
    return text;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
    if (text.size() != 36) {
        return std::nullopt;
    }
    Uuid id;
    std::size_t digits = 0;
    for (std::size_t place = 0; place < text.size(); ++place) {
        if (is_dash_place(place)) {
            if (text[place] != '-') {
                return std::nullopt;
            }
            continue;
        }
        const int value = hex_value(text[place]);
        if (value < 0) {
            return std::nullopt;
        }
        auto& byte = id.bytes[digits / 2];
        byte = static_cast<std::uint8_t>((unsigned{byte} << 4U) | static_cast<unsigned>(value));
        ++digits;
    }
    return id;
}

UuidV7Source::UuidV7Source() : UuidV7Source(system_unix_ms, fill_from_kernel) {}

UuidV7Source::UuidV7Source(ClockUnixMs clock_unix_ms, FillRandom fill_random)
    : clock_unix_ms_{std::move(clock_unix_ms)}, fill_random_{std::move(fill_random)} {
    assert(clock_unix_ms_ && fill_random_);
}

Uuid UuidV7Source::next() {
    std::array<std::uint8_t, 10> random{};
    fill_random_(random);
    const std::uint32_t fresh_counter = ((std::uint32_t{random[0]} << 8U) | random[1]) & 0x7FFU;

    const std::int64_t now_ms = clock_unix_ms_();
    if (now_ms > last_ms_) {
        last_ms_ = now_ms;
        counter_ = fresh_counter;
    } else if (counter_ < 0xFFFU) {
        ++counter_;
    } else {
        ++last_ms_;
        counter_ = fresh_counter;
    }

    std::uint64_t rand_b = 0;
    for (std::size_t i = 2; i < random.size(); ++i) {
        rand_b = (rand_b << 8U) | random[i];
    }
    return compose_v7(static_cast<std::uint64_t>(last_ms_), counter_, rand_b);
}

Uuid make_uuid_v7() {
    static std::mutex mutex;
    static UuidV7Source source;
    const std::lock_guard lock{mutex};
    return source.next();
}

std::int64_t unix_ms_of(const Uuid& id) {
    return static_cast<std::int64_t>(get_bytes(id, 0, 6));
}

Uuid stroke_id(const Uuid& drawing_id, Hand hand, std::uint32_t stroke_number, bool derived) {
    assert(stroke_number < (1U << 22U));
    const std::uint64_t counter = (static_cast<std::uint64_t>(hand) << 23U) |
                                  (std::uint64_t{stroke_number} << 1U) | (derived ? 1U : 0U);
    const std::uint64_t drawing_bits =
        mixed(get_bytes(drawing_id, 8, 8) + mixed(get_bytes(drawing_id, 0, 8)));
    constexpr std::uint64_t low_50 = (std::uint64_t{1} << 50U) - 1;
    return compose_v7(get_bytes(drawing_id, 0, 6), counter >> 12U,
                      ((counter & 0xFFFU) << 50U) | (drawing_bits & low_50));
}

} // namespace haven
