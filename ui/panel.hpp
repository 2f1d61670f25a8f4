#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace haven::ui {

enum class Icon : std::uint8_t {
    colours,
    brushes,
    width,
    symmetry,
    undo,
    place,
    help,
    finish,
};

/// What one panel shows, in words that are ready: a title, a sentence, at most three choices and a
/// way back; or, beside a hand, round choices around the arc of the thumb.
struct Panel {
    static constexpr std::size_t choices_max = 3;
    static constexpr std::size_t around_max = 8;
    static constexpr std::uint8_t numbers = 11; ///< 0 to 10

    struct Choice {
        std::string id; ///< "go_on", for whoever is told of it
        std::string words;
        bool next = false; ///< the next step: one a panel at most
        friend bool operator==(const Choice&, const Choice&) = default;
    };
    struct Rating {
        std::string least;
        std::string most;
        std::optional<std::uint8_t> chosen;
        friend bool operator==(const Rating&, const Rating&) = default;
    };
    struct Round {
        Icon icon = Icon::help;
        std::string id;
        std::string words;
        bool on = false;
        bool offered = true; ///< else its place stays free
        friend bool operator==(const Round&, const Round&) = default;
    };

    std::string title;
    std::string sentence;
    std::vector<Choice> choices;
    std::optional<Rating> rating; ///< asks for a number from 0 to 10
    std::vector<Round> around;    ///< then nothing else but the title
    bool back = false;
    friend bool operator==(const Panel&, const Panel&) = default;
};

/// What of a panel can be pointed at.
struct Target {
    enum class Kind : std::uint8_t { choice, back, number, round };
    Kind kind = Kind::choice;
    std::uint8_t index = 0; ///< of a choice or a round one; the number itself
    friend bool operator==(const Target&, const Target&) = default;
};

/// What changes while one looks and points at it.
struct PanelState {
    std::optional<Target> pointed_at;
    float dwell = 0.0F; ///< 0 to 1: how long the gaze has rested there
};

} // namespace haven::ui
