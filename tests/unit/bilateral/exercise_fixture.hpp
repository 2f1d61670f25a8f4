#pragma once

#include "bilateral/exercise/guided_session.hpp"
#include "bilateral/exercise/script.hpp"

#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace haven::testing {

inline std::string script_text(const std::string& id) {
    std::ifstream file(HAVEN_SOURCE_DIR "/assets/exercise/" + id + ".json");
    return {std::istreambuf_iterator<char>(file), {}};
}

inline exercise::Script script(const std::string& id = "bilateral_drawing") {
    auto read = exercise::read_script(script_text(id));
    if (!read) {
        throw std::runtime_error(id + read.error().pointer + " " + read.error().detail);
    }
    return *std::move(read);
}

/// A session that is played: its state, and the effects since they were last taken.
class Played {
  public:
    static constexpr std::int64_t second_ns = 1'000'000'000;

    explicit Played(exercise::Script script, exercise::Hands hands = {})
        : script_(std::move(script)) {
        keep(exercise::begin(script_, time_ns_, hands));
    }

    void say(exercise::What what, exercise::By by = exercise::By::person) {
        keep(exercise::step(script_, state_, {.time_ns = time_ns_, .by = by, .what = what}));
    }
    void wait(int seconds) {
        for (int i = 0; i < seconds; ++i) {
            time_ns_ += second_ns;
            say(exercise::Tick{}, exercise::By::program);
        }
    }
    /// A jump of the clock.
    void at(std::int64_t time_ns) {
        time_ns_ = time_ns;
        say(exercise::Tick{}, exercise::By::program);
    }
    /// By what a person says, to the beginning of a phase.
    void come_to(const std::string& id) {
        for (int i = 0; i < 64 && !state_.ended && phase() != id; ++i) {
            if (state_.consent == exercise::State::Consented::asked) {
                say(exercise::Consent{true});
            } else if (state_.offered) {
                say(exercise::GoOn{});
                if (phase() == id) {
                    return;
                }
                say(exercise::Skip{});
            } else {
                say(exercise::Skip{});
            }
        }
        if (state_.offered) {
            say(exercise::GoOn{});
        }
        effects_.clear();
    }

    [[nodiscard]] const exercise::Script& script() const { return script_; }
    [[nodiscard]] const exercise::State& state() const { return state_; }
    [[nodiscard]] exercise::Shown shown() const { return exercise::shown(script_, state_); }
    [[nodiscard]] std::string phase() const {
        return state_.ended ? "" : script_.phases[state_.phase].id;
    }
    std::vector<exercise::Effect> take() { return std::exchange(effects_, {}); }

    /// The effects of one kind since the last take.
    template <typename Kind>
    [[nodiscard]] std::vector<Kind> all() const {
        std::vector<Kind> found;
        for (const auto& effect : effects_) {
            if (const auto* const one = std::get_if<Kind>(&effect)) {
                found.push_back(*one);
            }
        }
        return found;
    }
    /// Why the last thing was refused, or "".
    [[nodiscard]] std::string refused() const {
        const auto* const last =
            effects_.empty() ? nullptr : std::get_if<exercise::Refused>(&effects_.back());
        return last == nullptr ? "" : std::string(last->why);
    }

  private:
    void keep(exercise::Step step) {
        state_ = step.state;
        for (auto& effect : step.effects) {
            effects_.push_back(std::move(effect));
        }
    }

    exercise::Script script_;
    exercise::State state_;
    std::vector<exercise::Effect> effects_;
    std::int64_t time_ns_ = 5'000 * second_ns;
};

} // namespace haven::testing
