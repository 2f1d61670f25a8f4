#include "xr_app/session_director.hpp"

#include "bilateral/exercise/guided_session.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/symmetry.hpp"
#include "xr_app/audio/bell.hpp"
#include "xr_app/drawing_session.hpp"
#include "xr_app/guide.hpp"
#include "xr_app/host_clock.hpp"
#include "xr_app/performance.hpp"

#include <spdlog/spdlog.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace haven {

std::string_view to_string(Command::By by) {
    switch (by) {
    case Command::By::person:
        return "the person";
    case Command::By::desk:
        return "the desk";
    case Command::By::program:
        return "the program";
    }
    std::unreachable();
}

SessionDirector::SessionDirector(DrawingSession& drawing, Performance& performance, Config config)
    : drawing_(drawing), performance_(performance), config_(std::move(config)) {}

bool SessionDirector::begin(const HandSample& first, std::uint32_t sample_period_us,
                            Clock::time_point now) {
    if (drawing_.begun() || ended_at_ ||
        (config_.guide != nullptr && !config_.guide->wants_drawing())) {
        return false;
    }
    drawing_.begin({.host_time_ns = first.time_ns,
                    .unix_us = unix_us_at(first.time_ns),
                    .mode = first.source,
                    .sample_period_us = sample_period_us});
    began_at_ = now;
    spdlog::info("progress: the drawing begins");
    if (config_.guide == nullptr) {
        config_.ring(audio::Bell::begin, "A bell: the drawing begins");
    }
    config_.on_begin();
    return true;
}

void SessionDirector::finish(const Command& command, Clock::time_point now) {
    if (ended_at_) {
        return;
    }
    ended_at_ = now;
    spdlog::info("the session ends: {} ({})", command.why, to_string(command.by));
    if (config_.guide != nullptr) {
        config_.guide->end_now(command, host_now_ns());
    } else {
        config_.ring(audio::Bell::end, "A deep bell: the drawing is finished");
    }
    if (drawing_.opened()) {
        performance_.system.tracking_losses = drawing_.counters().tracking_losses;
        drawing_.finish(performance_.stats.to_json(performance_.system),
                        config_.guide == nullptr || config_.guide->completed());
    }
}

void SessionDirector::finish_gently(const Command& command, Clock::time_point now) {
    if (config_.guide == nullptr || config_.guide->over()) {
        finish(command, now);
        return;
    }
    spdlog::info("the guided session is to end: {} ({})", command.why, to_string(command.by));
    config_.guide->act(command, exercise::EndGently{}, host_now_ns());
}

bool SessionDirector::change_ink(const Command& command, InkCommand::Kind kind, Hands hands) {
    const bool changed = drawing_.change_ink(kind, hands);
    spdlog::info("{}: {} ({})", changed ? "the ink has changed" : "no ink to change", command.why,
                 to_string(command.by));
    return changed;
}

void SessionDirector::change_symmetry(const Command& command, SymmetryMode mode) {
    drawing_.set_symmetry(mode);
    spdlog::info("strokes that begin now have {}: {} ({})",
                 mode == SymmetryMode::free ? "no twin" : "a twin", command.why,
                 to_string(command.by));
}

std::optional<std::size_t> SessionDirector::take_place_wish() {
    return std::exchange(place_wish_, std::nullopt);
}

void SessionDirector::update(Clock::time_point now) {
    if (ended_at_) {
        return;
    }
    if (state().nearly_full() && !std::exchange(nearly_full_said_, true)) {
        spdlog::warn("progress: this drawing is nearly full; it ends by itself when it is, and all "
                     "of it is kept");
        config_.ring(audio::Bell::end, "A bell: this drawing is nearly full");
    }
    if (config_.guide != nullptr && config_.guide->over()) {
        finish({.why = "the guided session is over"}, now);
    } else if (drawing_.full() && config_.guide != nullptr) {
        if (!config_.guide->ending()) {
            finish_gently({.why = "the drawing is full"}, now);
        }
    } else if (drawing_.full()) {
        spdlog::warn("progress: this drawing is full and ends; all of it is kept. Start again for "
                     "the next one.");
        finish({.why = "the drawing is full"}, now);
    } else if (config_.limit.count() > 0.0 &&
               (began_at_ ? now - *began_at_ >= config_.limit
                          : now - performance_.started_at >= config_.limit + patience)) {
        finish({.why = began_at_ ? "its time is over" : "nobody has come to draw"}, now);
    }
}

SessionState SessionDirector::state() const {
    using Phase = SessionState::Phase;
    return {.phase = ended_at_          ? Phase::ended
                     : drawing_.begun() ? Phase::drawing
                                        : Phase::waiting,
            .drawing_s = static_cast<double>(drawing_.duration_ns()) / 1e9,
            .used = drawing_.used(),
            .rests = drawing_.rests()};
}

} // namespace haven
