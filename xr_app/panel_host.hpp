#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/pose.hpp"
#include "ui/look.hpp"
#include "ui/panel.hpp"
#include "ui/panel_hit.hpp"
#include "ui/panel_layout.hpp"
#include "ui/panel_painter.hpp"
#include "ui/panel_placement.hpp"
#include "ui/words.hpp"
#include "ui/wrist_placement.hpp"
#include "xr_app/headset/headset.hpp"
#include "xr_app/panel_wish.hpp"

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace haven {

/// The panel before the person: makes the one that is wished, hangs it, paints it, and says what
/// was chosen on it and whose a press is. What nobody sees yet, or any more, is not chosen. Knows
/// no GPU; outlives a lost headset. Frame thread.
class PanelHost {
  public:
    struct Config {
        std::filesystem::path assets;
        std::string language; ///< wished, be it as LANG says it: "de_AT.UTF-8"
        /// Whether that choice of that panel means anything; what does not is left out.
        std::function<bool(std::string_view panel, std::string_view id)> offers =
            [](std::string_view /*panel*/, std::string_view /*id*/) { return true; };
    };
    /// Reads words, look and fonts on a thread of its own from now on.
    explicit PanelHost(Config config);
    PanelHost(const PanelHost&) = delete;
    PanelHost& operator=(const PanelHost&) = delete;

    /// Until panels can be painted, or never can. For tests: a session has none meanwhile.
    void wait_until_read();

    /// Once a frame, before its samples. `by`: the hand that a panel of round choices is for.
    void update(const std::optional<PanelWish>& wish, Hand by, const HeadsetFrame& frame,
                double time_s);
    /// Whether that sample's press is the panel's: one that begins on it is, until it is let go,
    /// and chooses what it began on where it is let go there. `taken`: it is somebody else's.
    [[nodiscard]] bool takes(const HandSample& sample, bool taken);
    /// The hands were taken away: what they hold chooses nothing.
    void let_go();
    /// What was chosen since the last call, once.
    struct Chosen {
        PanelChoice choice;
        std::optional<Hand> by; ///< none: by the gaze
    };
    [[nodiscard]] std::optional<Chosen> take_chosen();
    [[nodiscard]] std::optional<PanelChoice> take_choice();

    /// Where it hangs; nothing: there is none to see.
    struct Shown {
        Pose tracking_from_panel;
        ui::PanelShape shape;
        float opacity = 0.0F;
    };
    [[nodiscard]] std::optional<Shown> shown() const;
    /// Whether the person saw, in the last picture, what was painted last.
    void note_seen(bool seen) { seen_ = seen; }
    /// For whoever paints it on a GPU; nullptr: nothing can be painted yet.
    [[nodiscard]] const ui::PanelPainter* painter() const {
        return made_ ? made_->painter.get() : nullptr;
    }
    /// Of the painter's drawing: another one has another number; 0: none.
    [[nodiscard]] std::uint64_t painting() const { return painting_; }

    /// What points at it, in the tracking space.
    struct Pointing {
        glm::vec3 from_m{0.0F};
        glm::vec3 at_m{0.0F};
        std::optional<Hand> by; ///< none: the gaze, whose ray nobody sees
    };
    [[nodiscard]] std::span<const Pointing> pointing() const {
        return std::span(pointing_).first(pointing_count_);
    }

  private:
    struct Made {
        ui::Look look;
        ui::Words words;
        std::unique_ptr<ui::PanelPainter> painter;
    };
    struct Asked {
        std::string name;
        std::vector<std::pair<std::string, std::variant<std::string, std::int64_t>>> arguments;
        [[nodiscard]] bool is(const PanelWish& wish) const;
    };
    struct Placed {
        ui::PanelPlacement sheet;
        ui::WristPlacement wrist;
    };
    struct OneHand {
        bool held = false;              ///< something is pressed
        bool owned = false;             ///< and it is the panel's
        std::optional<ui::Target> on;   ///< what the press began on
        std::optional<ui::Target> at;   ///< what it points at
        bool over = false;              ///< its ray meets the panel
        std::optional<glm::vec3> tip_m; ///< in the last frame
    };
    [[nodiscard]] static std::unique_ptr<Made> make(const Config& config);
    [[nodiscard]] bool take_made();
    void take_wish(const std::optional<PanelWish>& wish);
    void place(Hand by, const HeadsetFrame& frame, double time_s);
    void point(const HeadsetFrame& frame, double time_s);
    std::optional<ui::Target> point_with(const ui::Ray& ray, std::optional<Hand> by, bool& over);
    void touch(Hand hand, const ShownHand& shown);
    [[nodiscard]] std::optional<ui::Target> gaze(const HeadsetFrame& frame, double time_s);
    void choose(const ui::Target& target, std::optional<Hand> by);
    [[nodiscard]] bool visible() const;
    /// It can be chosen from.
    [[nodiscard]] bool live() const;

    Config config_;
    std::future<std::unique_ptr<Made>> coming_;
    std::unique_ptr<Made> made_;
    std::optional<Asked> asked_;
    std::optional<ui::Panel> next_; ///< comes when the one of another shape has gone
    ui::Panel panel_;
    ui::Panel painted_; ///< what the painter painted last
    std::uint64_t painting_ = 0;
    bool seen_ = false;
    bool wanted_ = false;
    std::optional<Placed> placed_;
    ui::PanelPlacement::Place hangs_;
    std::optional<std::uint32_t> room_;
    std::array<OneHand, 2> hands_;
    std::optional<ui::Dwell> dwell_;
    std::optional<ui::Target>
        gaze_before_; ///< where it was when the panel came: away from it first
    bool gaze_is_new_ = true;
    ui::PanelState state_;
    std::array<Pointing, 2> pointing_; ///< of both hands, or the gaze
    std::size_t pointing_count_ = 0;
    std::optional<Chosen> chosen_;
};

} // namespace haven
