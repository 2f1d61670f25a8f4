#pragma once

#include <glm/vec3.hpp>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

namespace haven::ui {

/// As a painter writes it: 0xRRGGBB, sRGB.
struct Colour {
    std::uint32_t rgb = 0;
    [[nodiscard]] glm::vec3 linear() const;
    /// Relative luminance, 0 to 1 (WCAG 2.2).
    [[nodiscard]] float luminance() const;
    friend bool operator==(const Colour&, const Colour&) = default;
};

/// 1 to 21 (WCAG 2.2), of relative luminances. `white` is the brightest that is shown: eyes in a
/// dim place have adapted to that.
[[nodiscard]] float contrast_ratio(float one, float other, float white = 1.0F);

struct Palette {
    Colour ground, surface, raised, line; ///< paper, cards, fields, hairlines
    Colour text, muted;
    Colour accent; ///< one thing a view: the next step
    Colour left, right;
    Colour good, warn, stop;
};

/// The one set of tokens, assets/look/tokens.json.
struct Look {
    Palette dark, light; ///< dark in the headset and beside it
    struct Fonts {
        std::filesystem::path regular, bold;
    } fonts;
    /// How much of one's sight text takes from the top of an l to the bottom of a p.
    struct Text {
        float title_deg = 0.0F, body_deg = 0.0F, small_deg = 0.0F;
        float line = 0.0F; ///< from line to line, times that
    } text;
    struct Panel {
        float width_m = 0.0F, height_m = 0.0F, distance_m = 0.0F;
        float below_eyes_deg = 0.0F, aside_most_deg = 0.0F;
        float inside_m = 0.0F, between_m = 0.0F; ///< space
        float corner_m = 0.0F, hairline_m = 0.0F, focus_m = 0.0F;
        float tint_most = 0.0F; ///< share of its ground that a place may lend
    } panel;
    struct Wrist {
        float width_m = 0.0F, height_m = 0.0F, distance_m = 0.0F;
    } wrist;
    struct Target {
        float ray_m_at_1_m = 0.0F, hand_m = 0.0F; ///< the smallest
        float dwell_s = 0.0F;
    } target;
    float fade_s = 0.0F;

    /// `assets`/look/tokens.json, whole and in range. The error names the file and the member.
    [[nodiscard]] static std::expected<Look, std::string> load(const std::filesystem::path& assets);
};

} // namespace haven::ui
