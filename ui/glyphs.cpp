#include "ui/glyphs.hpp"

#include "renderer/scene/panel_drawing.hpp"
#include "ui/look.hpp"
#include "ui/panel_layout.hpp"

#include <imgui.h>

#include <array>
#include <cfloat>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <ios>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace haven::ui {
namespace {

/// The Latin letters of Europe, and the marks that go with them.
constexpr std::array<ImWchar, 9> letters{0x20,   0x7E,   0xA0,   0x17F, 0x2010,
                                         0x2026, 0x20AC, 0x20AC, 0};

/// Measured large and once: sizes in a sheet are rounded to whole pixels.
struct Proportion {
    float height = 1.0F;
    float above = 0.0F;
};

/// OpenType with outlines of either kind; ImGui takes anything for a font.
bool is_font(const std::filesystem::path& file) {
    std::array<char, 4> begins{};
    std::ifstream(file, std::ios::binary).read(begins.data(), begins.size());
    const std::string_view kind(begins.data(), begins.size());
    return kind == "OTTO" || kind == std::string_view("\0\1\0\0", 4);
}

std::expected<Proportion, std::string> proportion_of(const std::filesystem::path& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        return std::unexpected(std::format(
            "{}: no such font (Debian's package is fonts-atkinson-hyperlegible)", file.string()));
    }
    if (!is_font(file)) {
        return std::unexpected(std::format("{}: is no font", file.string()));
    }
    constexpr float size_px = 800.0F;
    static constexpr std::array<ImWchar, 5> tall_and_deep{'l', 'l', 'p', 'p', 0};
    ImFontAtlas atlas;
    ImFontConfig config;
    config.OversampleH = 1;
    const ImFont* const font =
        atlas.AddFontFromFileTTF(file.c_str(), size_px, &config, tall_and_deep.data());
    if (font == nullptr || !atlas.Build()) {
        return std::unexpected(std::format("{}: is no font that can be read", file.string()));
    }
    const ImFontGlyph* const tall = font->FindGlyphNoFallback('l');
    const ImFontGlyph* const deep = font->FindGlyphNoFallback('p');
    if (tall == nullptr || deep == nullptr || deep->Y1 <= tall->Y0) {
        return std::unexpected(std::format("{}: has no l and no p", file.string()));
    }
    return Proportion{.height = (deep->Y1 - tall->Y0) / size_px, .above = tall->Y0 / size_px};
}

} // namespace

void Glyphs::Free::operator()(ImFontAtlas* atlas) const {
    std::default_delete<ImFontAtlas>()(atlas);
}

Glyphs::Glyphs() : atlas_(std::make_unique<ImFontAtlas>().release()) {}
Glyphs::Glyphs(Glyphs&&) noexcept = default;
Glyphs& Glyphs::operator=(Glyphs&&) noexcept = default;
Glyphs::~Glyphs() = default;

std::expected<Glyphs, std::string> Glyphs::load(const Look& look, float px_per_deg) {
    const std::array<std::pair<const std::filesystem::path*, float>, 3> wanted{
        std::pair{&look.fonts.bold, look.text.title_deg},
        std::pair{&look.fonts.regular, look.text.body_deg},
        std::pair{&look.fonts.regular, look.text.small_deg}};
    Glyphs glyphs;
    glyphs.atlas_->Flags |= ImFontAtlasFlags_NoMouseCursors | ImFontAtlasFlags_NoBakedLines;
    glyphs.atlas_->TexDesiredWidth = 2048;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto& [file, deg] = wanted.at(i);
        const auto proportion = proportion_of(*file);
        if (!proportion) {
            return std::unexpected(proportion.error());
        }
        ImFontConfig config;
        config.OversampleH = 1; // so large that it shows no difference
        ImFont* const font = glyphs.atlas_->AddFontFromFileTTF(
            file->c_str(), deg * px_per_deg / proportion->height, &config, letters.data());
        glyphs.faces_.at(i) = {
            .font = font, .height = proportion->height, .above = proportion->above};
    }
    if (!glyphs.atlas_->Build()) {
        return std::unexpected(
            std::format("{}: its letters cannot be drawn", look.fonts.regular.string()));
    }
    return glyphs;
}

scene::GlyphSheet Glyphs::sheet() const {
    unsigned char* pixels = nullptr;
    int width_px = 0;
    int height_px = 0;
    atlas_->GetTexDataAsAlpha8(&pixels, &width_px, &height_px);
    const auto count = static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px);
    const auto bytes = std::as_bytes(std::span(pixels, count));
    return {.width_px = static_cast<std::uint32_t>(width_px),
            .height_px = static_cast<std::uint32_t>(height_px),
            .coverage = {bytes.begin(), bytes.end()}};
}

bool Glyphs::has(char32_t letter) const {
    for (const Face& face : faces_) {
        if (letter > IM_UNICODE_CODEPOINT_MAX ||
            face.font->FindGlyphNoFallback(static_cast<ImWchar>(letter)) == nullptr) {
            return false;
        }
    }
    return true;
}

const Glyphs::Face& Glyphs::face(TextStyle style) const {
    return faces_.at(static_cast<std::size_t>(style));
}

float Glyphs::width_of(TextStyle style, std::string_view text) const {
    const Face& its = face(style);
    const ImVec2 size = its.font->CalcTextSizeA(its.font->FontSize, FLT_MAX, 0.0F, text.data(),
                                                text.data() + text.size());
    return size.x / (its.height * its.font->FontSize);
}

Measure Glyphs::measure() const {
    return [this](TextStyle style, std::string_view text) { return width_of(style, text); };
}

Glyphs::Drawn Glyphs::drawn(TextStyle style, float height_px) const {
    const Face& its = face(style);
    const float size_px = height_px / its.height;
    return {.font = its.font, .size_px = size_px, .above_px = its.above * size_px};
}

} // namespace haven::ui
