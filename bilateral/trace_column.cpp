#include "bilateral/trace_column.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <span>
#include <vector>

namespace haven::trace {

namespace {

constexpr unsigned order_max = 3;
constexpr unsigned all_predicted =
    31; ///< in place of a Rice parameter: nothing is missed, no bits follow
constexpr unsigned parameter_max = 30;
constexpr unsigned quotient_max = 24; ///< as many ones announce a value of raw_bits
constexpr unsigned raw_bits = 49;

using Residuals = std::array<std::int64_t, column_values_max>;

std::uint64_t zigzag(std::int64_t value) {
    return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63U);
}

std::int64_t unzigzag(std::uint64_t value) {
    return static_cast<std::int64_t>((value >> 1U) ^ (~(value & 1U) + 1U));
}

void append_varint(std::uint64_t value, std::vector<std::byte>& out) {
    while (value >= 0x80U) {
        out.push_back(static_cast<std::byte>((value & 0x7FU) | 0x80U));
        value >>= 7U;
    }
    out.push_back(static_cast<std::byte>(value));
}

std::optional<std::uint64_t> read_varint(std::span<const std::byte>& bytes) {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 56 && !bytes.empty(); shift += 7) {
        const auto byte = std::to_integer<std::uint64_t>(bytes.front());
        bytes = bytes.subspan(1);
        value |= (byte & 0x7FU) << shift;
        if (byte < 0x80U) {
            return value;
        }
    }
    return std::nullopt;
}

/// Most significant bit first.
class BitWriter {
  public:
    explicit BitWriter(std::vector<std::byte>& out) : out_{out} {}

    /// The low `count` bits, count up to 57.
    void put(std::uint64_t bits, unsigned count) {
        held_ = (held_ << count) | bits;
        held_count_ += count;
        while (held_count_ >= 8) {
            held_count_ -= 8;
            out_.push_back(static_cast<std::byte>((held_ >> held_count_) & 0xFFU));
        }
    }

    void fill_byte() {
        if (held_count_ > 0) {
            put(0, 8 - held_count_);
        }
    }

  private:
    std::vector<std::byte>& out_;
    std::uint64_t held_ = 0;
    unsigned held_count_ = 0;
};

class BitReader {
  public:
    explicit BitReader(std::span<const std::byte> bytes) : bytes_{bytes} {}

    [[nodiscard]] std::optional<std::uint64_t> get(unsigned count) {
        if (count > bytes_.size() * 8 - position_) {
            return std::nullopt;
        }
        std::uint64_t value = 0;
        for (unsigned i = 0; i < count; ++i) {
            value = (value << 1U) | bit();
        }
        return value;
    }

    /// The ones before the next zero, which is taken too; after `max` ones no zero follows.
    [[nodiscard]] std::optional<unsigned> ones(unsigned max) {
        unsigned count = 0;
        while (count < max) {
            if (position_ == bytes_.size() * 8) {
                return std::nullopt;
            }
            if (bit() == 0) {
                break;
            }
            ++count;
        }
        return count;
    }

    /// True when what is left of the last byte is zeros.
    [[nodiscard]] bool padding_is_clear() {
        while (position_ % 8 != 0) {
            if (bit() != 0) {
                return false;
            }
        }
        return true;
    }

    [[nodiscard]] std::size_t bytes_read() const { return (position_ + 7) / 8; }

  private:
    unsigned bit() {
        const auto byte = std::to_integer<unsigned>(bytes_[position_ / 8]);
        const unsigned value = (byte >> (7U - position_ % 8)) & 1U;
        ++position_;
        return value;
    }

    std::span<const std::byte> bytes_;
    std::size_t position_ = 0;
};

struct Plan {
    unsigned order = 0;
    std::uint64_t misses = 0; ///< sum of the residuals' sizes
};

/// Differences until they no longer get smaller. `residuals` ends up with those of the chosen
/// order; the first `order` of them are those of lower orders, from which the decoder starts.
Plan choose_order(std::span<const std::int64_t> values, Residuals& residuals) {
    std::ranges::copy(values, residuals.begin());
    Plan best{.order = 0, .misses = std::numeric_limits<std::uint64_t>::max()};
    Residuals trial = residuals;
    const auto count = values.size();
    for (unsigned order = 0; order <= order_max && order < count; ++order) {
        if (order > 0) {
            for (std::size_t i = count - 1; i >= order; --i) {
                trial[i] -= trial[i - 1];
            }
        }
        std::uint64_t misses = 0;
        for (std::size_t i = order; i < count; ++i) {
            misses += static_cast<std::uint64_t>(std::abs(trial[i]));
        }
        if (misses < best.misses) {
            best = {.order = order, .misses = misses};
            std::copy_n(trial.begin(), count, residuals.begin());
        }
    }
    return best;
}

/// The Rice parameter with the fewest bits, of the two that fit the mean.
unsigned choose_parameter(std::span<const std::int64_t> residuals, std::uint64_t misses) {
    const std::uint64_t mean = 2 * misses / residuals.size(); // zigzag doubles
    const unsigned high = std::min(static_cast<unsigned>(std::bit_width(mean)), parameter_max);
    if (high == 0) {
        return 0;
    }
    std::uint64_t bits_high = residuals.size();
    std::uint64_t bits_low = 0;
    for (const std::int64_t residual : residuals) {
        bits_high += zigzag(residual) >> high;
        bits_low += zigzag(residual) >> (high - 1);
    }
    return bits_low <= bits_high ? high - 1 : high;
}

void append_rice(std::span<const std::int64_t> residuals, unsigned parameter,
                 std::vector<std::byte>& out) {
    BitWriter bits{out};
    const std::uint64_t low_bits = (std::uint64_t{1} << parameter) - 1;
    for (const std::int64_t residual : residuals) {
        const std::uint64_t value = zigzag(residual);
        const std::uint64_t quotient = value >> parameter;
        if (quotient < quotient_max) {
            const auto ones = static_cast<unsigned>(quotient);
            const std::uint64_t unary = ((std::uint64_t{1} << ones) - 1) << 1U;
            bits.put((unary << parameter) | (value & low_bits), ones + 1 + parameter);
        } else {
            bits.put((std::uint64_t{1} << quotient_max) - 1, quotient_max);
            bits.put(value, raw_bits);
        }
    }
    bits.fill_byte();
}

std::optional<std::int64_t> read_rice(BitReader& bits, unsigned parameter) {
    const auto quotient = bits.ones(quotient_max);
    if (!quotient) {
        return std::nullopt;
    }
    const auto rest = bits.get(*quotient == quotient_max ? raw_bits : parameter);
    if (!rest) {
        return std::nullopt;
    }
    return unzigzag(*quotient == quotient_max ? *rest
                                              : (std::uint64_t{*quotient} << parameter) | *rest);
}

std::int64_t predicted(std::span<const std::int64_t> values, std::size_t at, unsigned order) {
    switch (order) {
    case 1:
        return values[at - 1];
    case 2:
        return 2 * values[at - 1] - values[at - 2];
    case 3:
        return 3 * (values[at - 1] - values[at - 2]) + values[at - 3];
    default:
        return 0;
    }
}

bool in_range(std::int64_t value) {
    return value >= -column_value_max && value <= column_value_max;
}

} // namespace

void append_column(std::span<const std::int64_t> values, std::vector<std::byte>& out) {
    assert(!values.empty() && values.size() <= column_values_max);
    assert(std::ranges::all_of(values, in_range));
    Residuals storage; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by choose_order
    const Plan plan = choose_order(values, storage);
    const std::span<const std::int64_t> start{storage.data(), plan.order};
    const std::span<const std::int64_t> residuals{storage.data() + plan.order,
                                                  values.size() - plan.order};
    const unsigned parameter =
        plan.misses == 0 ? all_predicted : choose_parameter(residuals, plan.misses);
    out.push_back(static_cast<std::byte>(plan.order | (parameter << 2U)));
    for (const std::int64_t value : start) {
        append_varint(zigzag(value), out);
    }
    if (parameter != all_predicted) {
        append_rice(residuals, parameter, out);
    }
}

bool read_column(std::span<const std::byte>& bytes, std::span<std::int64_t> values) {
    if (bytes.empty()) {
        return false;
    }
    const auto head = std::to_integer<unsigned>(bytes.front());
    bytes = bytes.subspan(1);
    const unsigned order = head & 3U;
    const unsigned parameter = head >> 2U;
    if (parameter > all_predicted || order >= values.size()) {
        return false;
    }
    for (unsigned i = 0; i < order; ++i) {
        const auto start = read_varint(bytes);
        if (!start) {
            return false;
        }
        values[i] = unzigzag(*start) + predicted(values, i, i);
        if (!in_range(values[i])) {
            return false;
        }
    }
    BitReader bits{bytes};
    for (std::size_t i = order; i < values.size(); ++i) {
        std::int64_t residual = 0;
        if (parameter != all_predicted) {
            const auto read = read_rice(bits, parameter);
            if (!read) {
                return false;
            }
            residual = *read;
        }
        values[i] = residual + predicted(values, i, order);
        if (!in_range(values[i])) {
            return false;
        }
    }
    if (!bits.padding_is_clear()) {
        return false;
    }
    bytes = bytes.subspan(bits.bytes_read());
    return true;
}

} // namespace haven::trace
