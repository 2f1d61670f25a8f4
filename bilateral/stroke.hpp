#pragma once

#include "bilateral/hand_sample.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haven {

/// A UUIDv7 (RFC 9562) as 16 bytes in network order, made where the thing happens.
struct Uuid {
    std::array<std::uint8_t, 16> bytes{};
    friend auto operator<=>(const Uuid&, const Uuid&) = default;
};
[[nodiscard]] std::string to_string(const Uuid& id);                 ///< 36 characters, lower case
[[nodiscard]] std::optional<Uuid> parse_uuid(std::string_view text); ///< any case; nothing else

/// Linear light, 0 to 1.
struct Brush {
    glm::vec3 colour_linear{0.8F, 0.7F, 0.6F};
    float width_m = 0.006F; ///< the tube's diameter at full pressure
    friend bool operator==(const Brush&, const Brush&) = default;
};

struct StrokePoint {
    std::int64_t time_ns = 0; ///< since the drawing began
    glm::vec3 position_m{0.0F};
    float pressure = 0.0F;
    friend bool operator==(const StrokePoint&, const StrokePoint&) = default;
};

enum class StrokeEnd : std::uint8_t { released, tracking_lost, jump, paused, drawing_ended };

struct Stroke {
    Uuid id;
    Hand hand = Hand::left; ///< the hand that moved; a copy keeps its source's hand
    std::optional<Uuid>
        derived_from; ///< set on copies made by symmetry, which are never counted or measured
    Brush brush;
    StrokeEnd end = StrokeEnd::released;
    std::optional<std::int64_t>
        removed_ms; ///< taken back then, since the drawing began; nothing: it is there
    std::vector<StrokePoint> points;
    std::string extra_json; ///< members a newer version wrote, kept as they were:
                            ///< `"name":value,...` or empty
    friend bool operator==(const Stroke&, const Stroke&) = default;
};

} // namespace haven
