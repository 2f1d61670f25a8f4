#pragma once

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace haven {

/// What was done to the ink, so that it can be taken back and brought back, hand by hand. A stroke
/// is one thing with its copy and with the strokes that continue it; an erased stroke is one, and
/// so is all that was cleared at once. What a hand does anew forgets what could be brought back of
/// that hand; a stroke that is under way when it is taken back ends first.
///
///     recorder's events            -> add()
///     recorder.break_off(begin(command)) -> add();  apply(command)
///
/// Between two commands the order of calls for different hands means nothing, as in a trace. Costs
/// what changes, and holds no more than the recorder's strokes call for. One thread at a time.
class InkHistory {
  public:
    /// Strokes by their numbers: in the order in which they ended, copies included, from 0.
    struct Change {
        std::span<const std::uint32_t> strokes; ///< until the next call
        bool removed = false;                   ///< else they are there again
    };

    /// All of a recorder's events, in order.
    void add(std::span<const InkEvent> events);
    /// Whose strokes have to be broken off before `command` is applied.
    [[nodiscard]] Hands begin(const InkCommand& command);
    /// Nothing changed: there was nothing to take back, to bring back, or of that name.
    Change apply(const InkCommand& command);

    /// What is remembered: at most twice as many things as there are strokes.
    [[nodiscard]] std::size_t entry_count() const { return entries_.size() - free_.size(); }

  private:
    /// When something was done: drawn, by the drawing's clock between two commands.
    struct Moment {
        std::uint64_t step = 0;
        std::int64_t time_ns = -1;
        Hand hand = Hand::left;
        friend auto operator<=>(const Moment&, const Moment&) = default;
    };
    struct Line {              ///< what was drawn from press to release
        std::size_t first = 0; ///< of the hand's strokes
        std::size_t count = 0;
        std::uint32_t entry = 0; ///< that drew it
        bool undone = false;
        bool erased = false;
        [[nodiscard]] bool there() const { return !undone && !erased; }
    };
    struct LineName {
        Hand hand = Hand::left;
        std::size_t line = 0;
    };
    struct Entry {
        bool draws = true; ///< else it removes
        Hands hands = Hands::none;
        Moment moment; ///< when it was done, or undone
        std::vector<LineName> lines;
    };
    struct Open {
        bool under_way = false;
        bool continues = false;
        Uuid id;
        std::optional<Uuid> copy_id;
        std::optional<std::int64_t> began_ns;
        std::int64_t last_ns = 0;
    };
    struct HandInk {
        std::vector<Uuid> ids; ///< they rise
        std::vector<std::uint32_t> numbers;
        std::vector<Line> lines;
        std::vector<std::uint32_t> done;   ///< entries, the newest last
        std::vector<std::uint32_t> undone; ///< entries, what was undone last at the end
        Open open;
    };
    using Entries = std::vector<std::uint32_t> HandInk::*;

    void end_stroke(const InkEvent& event);
    [[nodiscard]] std::optional<LineName> find(const Uuid& stroke_id) const;
    [[nodiscard]] std::uint32_t add_entry(bool draws, Hands hands, std::vector<LineName> lines);
    void forget_undone(Hands hands);
    [[nodiscard]] std::optional<std::uint32_t> newest(Entries list, Hands hands) const;
    void put(std::uint32_t entry, Entries list, const Moment& moment);
    void take(std::uint32_t entry, Entries list);
    void set(const Entry& entry, bool in_effect);
    Change move(Hands hands, Entries from, Entries to);
    Change remove(std::vector<LineName> lines);
    [[nodiscard]] HandInk& of(Hand hand) { return hands_.at(static_cast<std::size_t>(hand)); }
    [[nodiscard]] const HandInk& of(Hand hand) const {
        return hands_.at(static_cast<std::size_t>(hand));
    }

    std::array<HandInk, 2> hands_;
    std::vector<Entry> entries_;
    std::vector<std::uint32_t> free_; ///< of entries_
    std::uint64_t step_ = 0;
    std::uint32_t stroke_count_ = 0;
    std::vector<std::uint32_t> changed_;
};

/// Marks those of `strokes` that a command at `time_ms` changed.
void mark(const InkHistory::Change& change, std::int64_t time_ms, std::span<Stroke> strokes);

} // namespace haven
