#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/symmetry.hpp"

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a guided session is made of, as data: assets/exercise/FORMAT.md describes the file. Words
/// are never here, only the ids of prompts.
namespace haven::exercise {

enum class PhaseKind : std::uint8_t { consent, rating, guided, title, closing };
enum class RatingMoment : std::uint8_t { before, after };
enum class Bell : std::uint8_t { none, begin, change, end };
enum class DrawingMark : std::uint8_t { none, begin, end };
enum class Shape : std::uint8_t { circle, lemniscate };
/// How many hands take part: both at once, both in turns, or one (and a ghost that mirrors it).
enum class Form : std::uint8_t { none, both, alternate, one_hand };
/// Whom a prompt is for.
enum class PromptFor : std::uint8_t { everybody, both, one };

/// A ghost that a hand may follow. Its space is the body's: the origin half way between the
/// shoulders, +X to the right, +Y up, -Z ahead; the curve lies in a plane that faces the person.
struct Target {
    Hand hand = Hand::right;
    Shape shape = Shape::circle;
    glm::vec3 centre_m{0.0F};
    glm::vec2 size_m{0.0F}; ///< width and height
    float pace_hz = 0.25F;  ///< rounds a second
    float start_turn = 0.0F;
    bool clockwise = false; ///< as the person sees it; of a lemniscate, its right half
    bool mirrored = false;  ///< x is taken negative, after all else
    friend bool operator==(const Target&, const Target&) = default;
};

/// Where the ghost is, so many seconds after its phase began.
[[nodiscard]] glm::vec3 target_point_m(const Target& target, double phase_s);
/// The same for the other hand, in the midline's mirror.
[[nodiscard]] Target mirrored(const Target& target);
/// The farthest that the curve leads the hand from its own shoulder.
[[nodiscard]] float reach_m(const Target& target);

struct Prompt {
    std::string id;
    std::int64_t at_ms = 0; ///< since the phase began
    PromptFor whom = PromptFor::everybody;
    friend bool operator==(const Prompt&, const Prompt&) = default;
};

struct Offer {
    std::string prompt;
    std::int64_t most_ms = 0; ///< then the phase is passed over
    friend bool operator==(const Offer&, const Offer&) = default;
};

struct Phase {
    std::string id;
    PhaseKind kind = PhaseKind::guided;
    RatingMoment moment = RatingMoment::before; ///< of a rating
    std::vector<Prompt> prompts;                ///< in the order of time
    std::int64_t least_ms = 0;                  ///< going on earlier is skipping
    std::int64_t usual_ms = 0;                  ///< then it goes on by itself
    std::int64_t most_ms = 0;                   ///< as far as it can be extended
    bool skippable = true;
    std::optional<Offer> offer; ///< set: optional, and asked for first
    std::vector<Target> targets;
    Bell bell = Bell::none; ///< as it begins
    std::optional<float> brush_width_m;
    SymmetryMode symmetry = SymmetryMode::free;
    DrawingMark drawing = DrawingMark::none; ///< as it begins
    bool ink = false;
    /// It lasts until an answer, or `most_ms`.
    [[nodiscard]] bool waits() const {
        return kind == PhaseKind::consent || kind == PhaseKind::rating || kind == PhaseKind::title;
    }
    friend bool operator==(const Phase&, const Phase&) = default;
};

struct Script {
    std::string id;
    int version = 1;
    std::string technique;
    std::string opening_prompt;
    std::string grounding_close;
    std::string break_prompt;
    std::int64_t break_after_ms = 0; ///< and again after as long
    std::int64_t extend_ms = 0;
    std::int64_t turn_ms = 0; ///< of each hand, where they take turns
    std::vector<Phase> phases;
    [[nodiscard]] std::size_t closing() const; ///< its place among the phases
    friend bool operator==(const Script&, const Script&) = default;
};

struct ScriptLimits {
    static constexpr std::size_t bytes_max = std::size_t{64} << 10U;
    static constexpr std::size_t phases_max = 32;
    static constexpr std::size_t prompts_max = 16; ///< of a phase
    static constexpr std::size_t targets_max = 4;  ///< of a phase
    static constexpr float pace_hz_max = 0.5F;
    static constexpr float reach_m_max = 0.6F;
    static constexpr std::int64_t length_ms_max = 3'600'000; ///< of all phases, each at its most
};

/// The first fault, and where.
struct ScriptError {
    std::string pointer;  ///< RFC 6901; of what is no JSON ""
    std::size_t line = 0; ///< from 1, of what is no JSON; else 0
    std::string detail;
    friend bool operator==(const ScriptError&, const ScriptError&) = default;
};

/// Strict: what is unknown, twice there, missing or out of its range is refused.
[[nodiscard]] std::expected<Script, ScriptError> read_script(std::string_view json);

[[nodiscard]] std::string_view to_string(PhaseKind kind);
[[nodiscard]] std::string_view to_string(Form form);

} // namespace haven::exercise
