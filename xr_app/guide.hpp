#pragma once

#include "bilateral/exercise/guided_session.hpp"
#include "bilateral/exercise/script.hpp"
#include "bilateral/hand_sample.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/input/desktop_driver.hpp"
#include "xr_app/panel_wish.hpp"
#include "xr_app/session_director.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven {

enum class GuideChoice : std::uint8_t;

/// The script of an exercise, from `assets`/exercise. The error names the file and what is wrong
/// with it.
[[nodiscard]] std::expected<std::optional<exercise::Script>, std::string>
read_guide(const std::filesystem::path& assets, GuideChoice choice);

/// The guided session as it is played: takes what happens, and does what follows from it for the
/// drawing and the record, and for the ears; what is to be seen it tells. Times are the host's
/// clock. Frame thread; allocates with what happens, and four times a second.
class Guide {
  public:
    /// What is kept of one session at most; its phases need a tenth of it.
    static constexpr std::size_t events_max = 1000;

    struct Config {
        std::function<void(audio::Bell, std::string_view caption)> ring = [](audio::Bell,
                                                                             std::string_view) {};
        bool desk_is_person = false; ///< there is no headset
    };
    /// `drawing` must outlive this, and have nothing of its own yet.
    Guide(exercise::Script script, DrawingSession& drawing, Config config, std::int64_t now_ns);

    /// In each turn. `focused`: what the person's hands do is meant for the exercise.
    void tick(bool focused, std::int64_t now_ns);
    /// Each sample of a hand, whether or not it is recorded: who has both hands free?
    void see(const HandSample& sample);

    /// Whether it was taken; a refusal changes nothing.
    bool act(const Command& command, const exercise::What& what, std::int64_t now_ns);
    /// Of what panel() asks for, by the ids that panels have. False: it means nothing here.
    bool choose(const PanelChoice& choice, std::int64_t now_ns);
    /// A key at the desk. A yes there is passed on, as the person said it aloud.
    bool press(GuideKey key, std::int64_t now_ns);
    /// 0 to 10, where a rating is asked.
    bool rate(const Command& command, int value, std::int64_t now_ns);
    /// Without closing words: there is no time for them.
    void end_now(const Command& command, std::int64_t now_ns);

    [[nodiscard]] bool wants_rating() const;
    /// The drawing is open: it begins with the next sample.
    [[nodiscard]] bool wants_drawing() const {
        return state_.drawing == exercise::State::Drawing::open;
    }
    /// Of an open drawing: nothing is recorded in a pause.
    [[nodiscard]] bool records() const { return wants_drawing() && state_.runs(); }
    [[nodiscard]] bool ink() const { return ink_; } ///< may be drawn
    [[nodiscard]] bool ending() const { return state_.ending; }
    [[nodiscard]] bool over() const { return state_.ended; }
    [[nodiscard]] bool completed() const { return completed_; }

    /// What is to hang before the person.
    [[nodiscard]] const std::optional<PanelWish>& panel() const { return panel_; }
    /// The id of words that say for a while what somebody else did.
    [[nodiscard]] const std::optional<std::string>& notice() const { return notice_; }
    /// Ghosts to be shown, in the body's space (assets/exercise/FORMAT.md), and since when they go.
    [[nodiscard]] std::span<const exercise::Target> targets() const {
        return state_.in_safe_place ? std::span<const exercise::Target>() : std::span(targets_);
    }
    [[nodiscard]] double targets_s(std::int64_t now_ns) const;
    [[nodiscard]] std::optional<Hand> turn() const { return turn_; }

    /// For the desk: where the session stands, and what its keys do now.
    [[nodiscard]] std::string phase_words() const;
    [[nodiscard]] std::string keys_words() const;
    [[nodiscard]] std::string encoded() const { return exercise::encode_state(script_, state_); }

  private:
    struct Doing; // the effects

    void take(const exercise::Event& event);
    [[nodiscard]] bool take_all(const std::vector<exercise::Effect>& effects);
    [[nodiscard]] exercise::By by(Command::By who) const;
    [[nodiscard]] const exercise::Phase& phase() const { return script_.phases[state_.phase]; }
    [[nodiscard]] exercise::Hands hands_now() const;
    [[nodiscard]] bool resumes(std::string_view id, std::int64_t now_ns);
    void hang_panel();

    exercise::Script script_;
    DrawingSession& drawing_;
    Config config_;
    exercise::State state_;
    std::int64_t ticked_ns_ = 0;
    std::size_t events_ = 0; ///< kept

    InteractionMode mode_ = InteractionMode::controller;
    std::int64_t sample_ns_ = 0;               ///< of the newest one
    std::array<std::int64_t, 2> tracked_ns_{}; ///< of each hand's newest one

    std::string prompt_;
    bool put_away_ = false;  ///< its panel, until another prompt comes
    bool break_due_ = false; ///< was proposed, and not answered
    bool motion_ = false;    ///< the person wants it kept
    bool ink_ = false;
    bool completed_ = false;
    std::optional<PanelWish> panel_;
    std::optional<std::string> notice_;
    std::int64_t notice_until_ns_ = 0;
    std::vector<exercise::Target> targets_;
    std::optional<Hand> turn_;
};

} // namespace haven
