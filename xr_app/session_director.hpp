#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/symmetry.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/performance.hpp"
#include "xr_app/session_state.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace haven {

class Guide;

/// What somebody wishes of the session; the same whoever it is.
struct Command {
    enum class By : std::uint8_t { person, desk, program };
    By by = By::program;
    std::string_view why; ///< for the log; a literal
};
[[nodiscard]] std::string_view to_string(Command::By by);

/// The only one that knows when the drawing begins and when it ends: commands, time limits, what
/// one drawing may hold; and the bells that say so. Outlives a lost headset. Frame thread.
class SessionDirector {
  public:
    using Clock = std::chrono::steady_clock;

    /// A session that never lets anybody draw ends that long after its drawing should have ended.
    static constexpr std::chrono::seconds patience{60};

    struct Config {
        std::chrono::duration<double> limit{0.0}; ///< of the drawing; 0: until it is ended
        std::function<void(audio::Bell, std::string_view caption)> ring = [](audio::Bell,
                                                                             std::string_view) {};
        std::function<void()> on_begin = [] {}; ///< hands can draw now
        Guide* guide =
            nullptr; ///< leads the session: it says when its drawing may begin, and rings
    };
    /// All must outlive this.
    SessionDirector(DrawingSession& drawing, Performance& performance, Config config);

    /// A hand's first sample begins the drawing. Whether this one did.
    bool begin(const HandSample& first, std::uint32_t sample_period_us, Clock::time_point now);
    /// Ends the drawing with its metrics, and the session with it; the first command is the one
    /// that counts.
    void finish(const Command& command, Clock::time_point now);
    /// The same, but whoever is led hears closing words first; asked for again it ends at once.
    void finish_gently(const Command& command, Clock::time_point now);
    /// Takes back, or brings back, what these hands drew. Whether there was anything.
    bool change_ink(const Command& command, InkCommand::Kind kind, Hands hands);
    /// How the strokes that begin from now on are copied.
    void change_symmetry(const Command& command, SymmetryMode mode);
    /// Another of the places that are there, by its number from 0; the last wish counts.
    void change_place(std::size_t place) { place_wish_ = place; }
    [[nodiscard]] std::optional<std::size_t> take_place_wish();

    /// Once in a frame, and while none are wanted: limits, and a word before one is reached.
    void update(Clock::time_point now);

    [[nodiscard]] std::optional<Clock::time_point> ended_at() const { return ended_at_; }
    [[nodiscard]] SessionState state() const;

  private:
    DrawingSession& drawing_;
    Performance& performance_;
    Config config_;
    std::optional<Clock::time_point> began_at_;
    std::optional<Clock::time_point> ended_at_;
    std::optional<std::size_t> place_wish_;
    bool nearly_full_said_ = false;
};

} // namespace haven
