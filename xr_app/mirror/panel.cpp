#include "xr_app/mirror/panel.hpp"

#include "ui/look.hpp"
#include "xr_app/mirror/status.hpp"

#include <glm/vec3.hpp>
#include <imgui.h>

#include <cstdint>
#include <filesystem>
#include <format>
#include <string>
#include <string_view>
#include <system_error>

namespace haven {

namespace {

constexpr float margin_px = 14.0F;

/// ImGui hands its colours on as they are, and the window's image takes linear light.
ImVec4 colour(ui::Colour its, float alpha = 1.0F) {
    const glm::vec3 light = its.linear();
    return {light.r, light.g, light.b, alpha};
}

ImFont* load_font(const std::filesystem::path& file, float size_px) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        return nullptr;
    }
    return ImGui::GetIO().Fonts->AddFontFromFileTTF(file.c_str(), size_px);
}

void heading(const char* text, ui::Colour its) {
    ImGui::Dummy({0.0F, 3.0F});
    ImGui::PushStyleColor(ImGuiCol_Text, colour(its));
    ImGui::TextUnformatted(text);
    ImGui::PopStyleColor();
}

void wrapped(std::string_view text, ui::Colour its) {
    ImGui::PushStyleColor(ImGuiCol_Text, colour(its));
    ImGui::PushTextWrapPos(0.0F);
    ImGui::TextUnformatted(text.data(), text.data() + text.size());
    ImGui::PopTextWrapPos();
    ImGui::PopStyleColor();
}

/// A filled dot draws or is well, a ring rests or wants a look; the words beside it say the same.
void dot(bool filled, ui::Colour its) {
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const float line = ImGui::GetTextLineHeight();
    const ImVec2 middle{at.x + 8.0F, at.y + line * 0.55F};
    ImDrawList* const list = ImGui::GetWindowDrawList();
    const ImU32 packed = ImGui::GetColorU32(colour(its));
    if (filled) {
        list->AddCircleFilled(middle, 6.0F, packed, 24);
    } else {
        list->AddCircle(middle, 5.0F, packed, 24, 2.0F);
    }
    ImGui::Dummy({22.0F, line});
    ImGui::SameLine(0.0F, 0.0F);
}

void hand_line(const char* name, const MirrorStatus::HandStatus& hand, ui::Colour its,
               const ui::Palette& palette) {
    dot(hand.drawing, hand.tracked ? its : palette.muted);
    wrapped(std::format("{} hand {}, {} stroke{}", name, hand_sentence(hand), hand.strokes,
                        hand.strokes == 1 ? "" : "s"),
            palette.text);
}

/// Below the words beside a dot.
void indent() {
    ImGui::Dummy({22.0F, 0.0F});
    ImGui::SameLine(0.0F, 0.0F);
}

void notice_line(const Notice& notice, const ui::Palette& palette) {
    dot(notice.fine, notice.fine ? palette.good : palette.warn);
    wrapped(notice.text, notice.fine ? palette.text : palette.warn);
}

/// What the number keys lead to.
void places_lines(const MirrorStatus& status, const ui::Palette& palette) {
    if (status.places.size() < 2) {
        return;
    }
    heading(status.place_comes ? "Places (another one comes)" : "Places (press a number)",
            palette.muted);
    int number = 0;
    for (const std::string& place : status.places) {
        wrapped(std::format("{}  {}", ++number, place),
                place == status.place ? palette.text : palette.muted);
    }
    if (!status.place_fault.empty()) {
        wrapped(status.place_fault, palette.warn);
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

void style_panel(const ui::Look& look) {
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr; // no file appears where the client happens to run
    if (load_font(look.fonts.regular, 19.0F) == nullptr) {
        io.Fonts->AddFontDefault();
    }
    load_font(look.fonts.bold, 30.0F);
    ImGuiStyle& style = ImGui::GetStyle();
    style.WindowRounding = 14.0F;
    style.WindowBorderSize = 0.0F;
    style.WindowPadding = {22.0F, 20.0F};
    style.ItemSpacing = {8.0F, 4.0F};
    style.AntiAliasedLines = true;
    style.Colors[ImGuiCol_WindowBg] = colour(look.dark.surface);
    style.Colors[ImGuiCol_Text] = colour(look.dark.text);
    style.Colors[ImGuiCol_Separator] = colour(look.dark.line);
}

void draw_panel(const MirrorStatus& status, const ui::Palette& palette) {
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
    notice_line(now_notice(status), palette);
    if (status.session.drawing()) {
        indent();
        wrapped(std::format("This drawing: {} minutes", clock_text(status.session.drawing_s)),
                palette.muted);
    }

    if (!status.guide.empty()) {
        heading("Guided session", palette.muted);
        wrapped(status.guide, palette.text);
        wrapped(status.guide_keys, palette.muted);
    }

    if (status.sound) { // always a line of its own, so that nothing jumps where a sound comes
        dot(!status.no_sound, status.no_sound ? palette.muted : palette.good);
        wrapped(!status.caption.empty() ? status.caption
                : status.no_sound       ? "No sound device yet."
                                        : "Sound is on.",
                status.caption.empty() ? palette.muted : palette.text);
    }

    heading("Hands", palette.muted);
    hand_line("Left", status.hands.front(), palette.left, palette);
    hand_line("Right", status.hands.back(), palette.right, palette);

    heading("Is it safe?", palette.muted);
    notice_line(saved_notice(status.kept), palette);
    notice_line(server_notice(status.kept, status.session.drawing()), palette);

    places_lines(status, palette);

    heading("What to do", palette.muted);
    wrapped(status.hint, palette.text);

    heading("Headset", palette.muted);
    wrapped(status.headset, palette.muted);
    wrapped(std::format("{:.0f} pictures a second, GPU {:.1f} ms", status.fps, status.gpu_ms),
            palette.muted);
    ImGui::End();
}

} // namespace haven
