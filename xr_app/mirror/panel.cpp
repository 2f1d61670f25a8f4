#include "xr_app/mirror/panel.hpp"

#include "xr_app/mirror/status.hpp"

#include <imgui.h>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>
#include <system_error>

namespace haven {

namespace {

constexpr float margin_px = 14.0F;

constexpr const char* regular_font =
    "/usr/share/fonts/opentype/atkinson-hyperlegible/AtkinsonHyperlegible-Regular.otf";
constexpr const char* bold_font =
    "/usr/share/fonts/opentype/atkinson-hyperlegible/AtkinsonHyperlegible-Bold.otf";

/// 0xRRGGBB as a painter writes it. ImGui hands its colours on as they are, and the window's image
/// takes linear light.
ImVec4 colour(std::uint32_t rgb, float alpha = 1.0F) {
    const auto channel = [&](std::uint32_t shift) {
        const float value = static_cast<float>((rgb >> shift) & 0xFFU) / 255.0F;
        return value <= 0.04045F ? value / 12.92F : std::pow((value + 0.055F) / 1.055F, 2.4F);
    };
    return {channel(16), channel(8), channel(0), alpha};
}

constexpr std::uint32_t paper = 0xF2EDE4;
constexpr std::uint32_t faint = 0xA8A095;
constexpr std::uint32_t ground = 0x16181A;
constexpr std::uint32_t left_warm = 0xF2C15F;
constexpr std::uint32_t right_cool = 0x6FBDF0;
constexpr std::uint32_t good = 0x9CC8A0;
constexpr std::uint32_t careful = 0xE5C07B;

ImFont* load_font(const char* file, float size_px) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        return nullptr;
    }
    return ImGui::GetIO().Fonts->AddFontFromFileTTF(file, size_px);
}

void heading(const char* text) {
    ImGui::Dummy({0.0F, 3.0F});
    ImGui::PushStyleColor(ImGuiCol_Text, colour(faint));
    ImGui::TextUnformatted(text);
    ImGui::PopStyleColor();
}

void wrapped(std::string_view text, std::uint32_t rgb = paper) {
    ImGui::PushStyleColor(ImGuiCol_Text, colour(rgb));
    ImGui::PushTextWrapPos(0.0F);
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopTextWrapPos();
    ImGui::PopStyleColor();
}

/// A filled dot draws or is well, a ring rests or wants a look; the words beside it say the same.
void dot(bool filled, std::uint32_t rgb) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float line = ImGui::GetTextLineHeight();
    const ImVec2 middle{at.x + 8.0F, at.y + line * 0.55F};
    ImDrawList* const list = ImGui::GetWindowDrawList();
    const ImU32 packed = ImGui::GetColorU32(colour(rgb));
    if (filled) {
        list->AddCircleFilled(middle, 6.0F, packed, 24);
    } else {
        list->AddCircle(middle, 5.0F, packed, 24, 2.0F);
    }
    ImGui::Dummy({22.0F, line});
    ImGui::SameLine(0.0F, 0.0F);
}

void hand_line(const char* name, const MirrorStatus::HandStatus& hand, std::uint32_t rgb) {
    dot(hand.drawing, hand.tracked ? rgb : faint);
    wrapped(std::format("{} hand {}, {} stroke{}", name, hand_sentence(hand), hand.strokes,
                        hand.strokes == 1 ? "" : "s"));
}

/// Below the words beside a dot.
void indent() {
    ImGui::Dummy({22.0F, 0.0F});
    ImGui::SameLine(0.0F, 0.0F);
}

void notice_line(const Notice& notice) {
    dot(notice.fine, notice.fine ? good : careful);
    wrapped(notice.text, notice.fine ? paper : careful);
}

/// What the number keys lead to.
void places_lines(const MirrorStatus& status) {
    if (status.places.size() < 2) {
        return;
    }
    heading(status.place_comes ? "Places (another one comes)" : "Places (press a number)");
    int number = 0;
    for (const std::string& place : status.places) {
        wrapped(std::format("{}  {}", ++number, place), place == status.place ? paper : faint);
    }
    if (!status.place_fault.empty()) {
        wrapped(status.place_fault, careful);
    }
}

std::string clock_text(double seconds) {
    const auto whole = static_cast<int>(seconds);
    return std::format("{}:{:02}", whole / 60, whole % 60);
}

} // namespace

std::uint32_t panel_width_px(std::uint32_t window_width_px) {
    constexpr std::uint32_t width_px = 360;
    return window_width_px >= 2 * width_px ? width_px : 0;
}

void style_panel() {
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr; // no file appears where the client happens to run
    if (load_font(regular_font, 19.0F) == nullptr) {
        io.Fonts->AddFontDefault();
    }
    load_font(bold_font, 30.0F);
    ImGuiStyle& style = ImGui::GetStyle();
    style.WindowRounding = 14.0F;
    style.WindowBorderSize = 0.0F;
    style.WindowPadding = {22.0F, 20.0F};
    style.ItemSpacing = {8.0F, 4.0F};
    style.AntiAliasedLines = true;
    style.Colors[ImGuiCol_WindowBg] = colour(ground);
    style.Colors[ImGuiCol_Text] = colour(paper);
    style.Colors[ImGuiCol_Separator] = colour(faint, 0.35F);
}

void draw_panel(const MirrorStatus& status) {
    const ImVec2 window_px = ImGui::GetIO().DisplaySize;
    const auto width_px =
        static_cast<float>(panel_width_px(static_cast<std::uint32_t>(window_px.x)));
    if (width_px == 0.0F) {
        return;
    }
    ImGui::SetNextWindowPos({margin_px, margin_px});
    ImGui::SetNextWindowSize({width_px - 2.0F * margin_px, window_px.y - 2.0F * margin_px});
    ImGui::Begin("session", nullptr,
                 ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                     ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoInputs);
    ImFont* const large = ImGui::GetIO().Fonts->Fonts.back();
    ImGui::PushFont(large);
    ImGui::TextUnformatted(status.place.c_str());
    ImGui::PopFont();
    ImGui::Dummy({0.0F, 4.0F});
    notice_line(now_notice(status));
    if (status.session.drawing()) {
        indent();
        wrapped(std::format("This drawing: {} minutes", clock_text(status.session.drawing_s)),
                faint);
    }

    if (status.sound) { // always a line of its own, so that nothing jumps where a sound comes
        dot(!status.no_sound, status.no_sound ? faint : good);
        wrapped(!status.caption.empty() ? status.caption
                : status.no_sound       ? "No sound device yet."
                                        : "Sound is on.",
                status.caption.empty() ? faint : paper);
    }

    heading("Hands");
    hand_line("Left", status.hands.front(), left_warm);
    hand_line("Right", status.hands.back(), right_cool);

    heading("Is it safe?");
    notice_line(saved_notice(status.kept));
    notice_line(server_notice(status.kept, status.session.drawing()));

    places_lines(status);

    heading("What to do");
    wrapped(status.hint);

    heading("Headset");
    wrapped(status.headset, faint);
    wrapped(std::format("{:.0f} pictures a second, GPU {:.1f} ms", status.fps, status.gpu_ms),
            faint);
    ImGui::End();
}

} // namespace haven
