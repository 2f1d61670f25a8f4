#include "ui/look.hpp"

#include "ui/json_file.hpp"

#include <glm/vec3.hpp>
#include <yyjson.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <initializer_list>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace haven::ui {
namespace {

float linear_of(std::uint32_t byte) {
    const float value = static_cast<float>(byte & 0xFFU) / 255.0F;
    return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
}

/// Goes on with harmless values after the first fault, which is what counts.
class Reader {
  public:
    explicit Reader(const JsonFile& file) : file_(file) {}

    JsonFile::Members object(yyjson_val* value, std::initializer_list<std::string_view> names) {
        auto members = file_.members(value, names);
        if (!members) {
            fail(members.error());
            return {};
        }
        return *members;
    }

    Colour colour(const JsonFile::Members& from, std::string_view name) {
        const std::string_view text = this->text(from, name);
        Colour colour;
        const std::string_view digits = text.substr(std::min<std::size_t>(1, text.size()));
        const auto read =
            std::from_chars(digits.data(), digits.data() + digits.size(), colour.rgb, 16);
        if (!text.starts_with('#') || digits.size() != 6 || read.ec != std::errc{} ||
            read.ptr != digits.data() + digits.size()) {
            fail(name, "is no colour like #1d1d26");
        }
        return colour;
    }

    std::string_view text(const JsonFile::Members& from, std::string_view name) {
        const auto found = from.find(name);
        if (found == from.end() || !yyjson_is_str(found->second)) {
            fail(name, "is no text");
            return {};
        }
        return {yyjson_get_str(found->second), yyjson_get_len(found->second)};
    }

    float number(const JsonFile::Members& from, std::string_view name, float low, float high) {
        const auto found = from.find(name);
        if (found == from.end() || !yyjson_is_num(found->second)) {
            fail(name, "is no number");
            return low;
        }
        const auto value = static_cast<float>(yyjson_get_num(found->second));
        if (value < low || value > high) {
            fail(name, std::format("is not between {} and {}", low, high));
        }
        return std::clamp(value, low, high);
    }

    [[nodiscard]] const std::string& first_fault() const { return fault_; }

  private:
    void fail(std::string_view name, std::string_view detail) {
        fail(file_.fault(name, detail).error());
    }
    void fail(std::string fault) {
        if (fault_.empty()) {
            fault_ = std::move(fault);
        }
    }

    const JsonFile& file_;
    std::string fault_;
};

Palette palette_of(Reader& reader, yyjson_val* value) {
    const auto from = reader.object(value, {"ground", "surface", "raised", "line", "text", "muted",
                                            "accent", "left", "right", "good", "warn", "stop"});
    return {.ground = reader.colour(from, "ground"),
            .surface = reader.colour(from, "surface"),
            .raised = reader.colour(from, "raised"),
            .line = reader.colour(from, "line"),
            .text = reader.colour(from, "text"),
            .muted = reader.colour(from, "muted"),
            .accent = reader.colour(from, "accent"),
            .left = reader.colour(from, "left"),
            .right = reader.colour(from, "right"),
            .good = reader.colour(from, "good"),
            .warn = reader.colour(from, "warn"),
            .stop = reader.colour(from, "stop")};
}

/// Within what REQUIREMENTS of panels allow: 1.2 to 1.5 m, at most 30 degrees aside.
Look::Panel panel_of(Reader& reader, yyjson_val* value) {
    const auto from = reader.object(value, {"width_m", "height_m", "distance_m", "below_eyes_deg",
                                            "aside_most_deg", "inside_m", "between_m", "corner_m",
                                            "hairline_m", "focus_m", "tint_most"});
    return {.width_m = reader.number(from, "width_m", 0.4F, 1.2F),
            .height_m = reader.number(from, "height_m", 0.3F, 0.8F),
            .distance_m = reader.number(from, "distance_m", 1.2F, 1.5F),
            .below_eyes_deg = reader.number(from, "below_eyes_deg", 0.0F, 20.0F),
            .aside_most_deg = reader.number(from, "aside_most_deg", 10.0F, 30.0F),
            .inside_m = reader.number(from, "inside_m", 0.01F, 0.1F),
            .between_m = reader.number(from, "between_m", 0.004F, 0.1F),
            .corner_m = reader.number(from, "corner_m", 0.0F, 0.1F),
            .hairline_m = reader.number(from, "hairline_m", 0.0005F, 0.01F),
            .focus_m = reader.number(from, "focus_m", 0.002F, 0.02F),
            .tint_most = reader.number(from, "tint_most", 0.0F, 0.06F)};
}

Look::Text text_of(Reader& reader, yyjson_val* value) {
    const auto from = reader.object(value, {"title_deg", "body_deg", "small_deg", "line"});
    return {.title_deg = reader.number(from, "title_deg", 1.5F, 4.0F),
            .body_deg = reader.number(from, "body_deg", 1.5F, 3.0F),
            .small_deg = reader.number(from, "small_deg", 1.0F, 2.0F),
            .line = reader.number(from, "line", 1.1F, 2.0F)};
}

Look look_of(Reader& reader, yyjson_val* root) {
    const auto top =
        reader.object(root, {"colours", "fonts", "text", "panel", "wrist", "target", "fade_s"});
    if (top.empty()) {
        return {};
    }
    const auto colours = reader.object(top.at("colours"), {"dark", "light"});
    const auto fonts = reader.object(top.at("fonts"), {"regular", "bold"});
    const auto wrist = reader.object(top.at("wrist"), {"width_m", "height_m", "distance_m"});
    const auto target = reader.object(top.at("target"), {"ray_m_at_1_m", "hand_m", "dwell_s"});
    if (colours.empty()) {
        return {};
    }
    return {.dark = palette_of(reader, colours.at("dark")),
            .light = palette_of(reader, colours.at("light")),
            .fonts = {.regular = reader.text(fonts, "regular"), .bold = reader.text(fonts, "bold")},
            .text = text_of(reader, top.at("text")),
            .panel = panel_of(reader, top.at("panel")),
            .wrist = {.width_m = reader.number(wrist, "width_m", 0.3F, 0.6F),
                      .height_m = reader.number(wrist, "height_m", 0.2F, 0.6F),
                      .distance_m = reader.number(wrist, "distance_m", 0.5F, 0.7F)},
            .target = {.ray_m_at_1_m = reader.number(target, "ray_m_at_1_m", 0.048F, 0.1F),
                       .hand_m = reader.number(target, "hand_m", 0.064F, 0.1F),
                       .dwell_s = reader.number(target, "dwell_s", 1.0F, 2.0F)},
            .fade_s = reader.number(top, "fade_s", 0.12F, 0.2F)};
}

} // namespace

glm::vec3 Colour::linear() const {
    return {linear_of(rgb >> 16U), linear_of(rgb >> 8U), linear_of(rgb)};
}

float Colour::luminance() const {
    const glm::vec3 light = linear();
    return 0.2126F * light.r + 0.7152F * light.g + 0.0722F * light.b;
}

float contrast_ratio(float one, float other, float white) {
    const auto [dark, bright] = std::minmax(one, other);
    return (bright + 0.05F * white) / (dark + 0.05F * white);
}

std::expected<Look, std::string> Look::load(const std::filesystem::path& assets) {
    const auto file = JsonFile::read(assets / "look" / "tokens.json");
    if (!file) {
        return std::unexpected(file.error());
    }
    Reader reader(*file);
    Look look = look_of(reader, file->root());
    if (!reader.first_fault().empty()) {
        return std::unexpected(reader.first_fault());
    }
    return look;
}

} // namespace haven::ui
