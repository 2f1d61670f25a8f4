#include "bilateral/ink_history.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/ink_command.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_recorder.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace haven {

namespace {

constexpr std::array both_hands{Hand::left, Hand::right};

} // namespace

InkCommand made_valid(const InkCommand& command) {
    const bool erases = command.kind == InkCommand::Kind::erase;
    return {.kind = command.kind,
            .hands = erases ? Hands::both : command.hands,
            .stroke_id = erases ? command.stroke_id : Uuid{},
            .time_ms = std::clamp<std::int64_t>(command.time_ms, 0, InkCommand::time_ms_max)};
}

void mark(const InkHistory::Change& change, std::int64_t time_ms, std::span<Stroke> strokes) {
    for (const std::uint32_t number : change.strokes) {
        strokes[number].removed_ms = change.removed ? std::optional(time_ms) : std::nullopt;
    }
}

void InkHistory::add(std::span<const InkEvent> events) {
    for (const InkEvent& event : events) {
        Open& open = of(event.hand).open;
        switch (event.kind) {
        case InkEventKind::stroke_began:
            if (event.derived) {
                open.copy_id = event.stroke_id;
            } else {
                open = {.under_way = true, .continues = event.continues, .id = event.stroke_id};
            }
            break;
        case InkEventKind::point_added:
            open.began_ns = open.began_ns.value_or(event.point.time_ns);
            open.last_ns = event.point.time_ns;
            break;
        case InkEventKind::stroke_ended:
            end_stroke(event);
            break;
        }
    }
}

void InkHistory::end_stroke(const InkEvent& event) {
    HandInk& ink = of(event.hand);
    assert(ink.ids.empty() || ink.ids.back() < event.stroke_id);
    if (!event.derived) {
        forget_undone(only(event.hand));
        if (ink.open.continues && !ink.lines.empty()) {
            take(ink.lines.back().entry, &HandInk::done);
        } else {
            const LineName name{.hand = event.hand, .line = ink.lines.size()};
            ink.lines.push_back({.first = ink.ids.size()});
            ink.lines.back().entry = add_entry(true, only(event.hand), {name});
        }
        put(ink.lines.back().entry, &HandInk::done,
            {.step = step_, .time_ns = ink.open.last_ns, .hand = event.hand});
        ink.open.under_way = false;
    }
    ink.ids.push_back(event.stroke_id);
    ink.numbers.push_back(stroke_count_++);
    ++ink.lines.back().count;
}

Hands InkHistory::begin(const InkCommand& command) {
    ++step_; // what is broken off for it is newer than all else
    const auto under_way = [&](Hand hand) { return of(hand).open.under_way; };
    Hands hands = Hands::none;
    for (const Hand hand : both_hands) {
        if (!under_way(hand)) {
            continue;
        }
        const Open& open = of(hand).open;
        bool meant = contains(command.hands, hand);
        if (command.kind == InkCommand::Kind::erase) {
            const auto line = find(command.stroke_id);
            meant = command.stroke_id == open.id || command.stroke_id == open.copy_id ||
                    (open.continues && line && line->hand == hand &&
                     line->line + 1 == of(hand).lines.size());
        }
        hands = meant ? hands | only(hand) : hands;
    }
    if (command.kind == InkCommand::Kind::redo) {
        return Hands::none;
    }
    if (command.kind == InkCommand::Kind::undo && hands == Hands::both) {
        const bool left_is_newer = of(Hand::left).open.began_ns > of(Hand::right).open.began_ns;
        return left_is_newer ? Hands::left : Hands::right;
    }
    return hands;
}

InkHistory::Change InkHistory::apply(const InkCommand& command) {
    changed_.clear();
    switch (command.kind) {
    case InkCommand::Kind::undo:
        return move(command.hands, &HandInk::done, &HandInk::undone);
    case InkCommand::Kind::redo:
        return move(command.hands, &HandInk::undone, &HandInk::done);
    case InkCommand::Kind::erase: {
        const auto name = find(command.stroke_id);
        const bool there = name && of(name->hand).lines[name->line].there();
        return there ? remove({*name}) : Change{};
    }
    case InkCommand::Kind::clear:
        break;
    }
    std::vector<LineName> names;
    for (const Hand hand : both_hands) {
        const HandInk& ink = of(hand);
        for (std::size_t i = 0; contains(command.hands, hand) && i < ink.lines.size(); ++i) {
            if (ink.lines[i].there()) {
                names.push_back({.hand = hand, .line = i});
            }
        }
    }
    return names.empty() ? Change{} : remove(std::move(names));
}

/// The newest entry goes from one list to the other, and where it changes nothing to be seen (a
/// stroke that is cleared all the same), the one before it as well.
InkHistory::Change InkHistory::move(Hands hands, Entries from, Entries to) {
    bool removed = false;
    while (changed_.empty()) {
        const auto entry = newest(from, hands);
        if (!entry) {
            break;
        }
        const bool in_effect = to == &HandInk::done;
        take(*entry, from);
        put(*entry, to, {.step = ++step_});
        set(entries_[*entry], in_effect);
        removed = entries_[*entry].draws != in_effect;
    }
    return {.strokes = changed_, .removed = removed};
}

InkHistory::Change InkHistory::remove(std::vector<LineName> lines) {
    Hands hands = Hands::none;
    for (const LineName& name : lines) {
        hands = hands | only(name.hand);
    }
    forget_undone(hands);
    const std::uint32_t entry = add_entry(false, hands, std::move(lines));
    put(entry, &HandInk::done, {.step = ++step_});
    set(entries_[entry], true);
    return {.strokes = changed_, .removed = true};
}

void InkHistory::set(const Entry& entry, bool in_effect) {
    for (const LineName& name : entry.lines) {
        HandInk& ink = of(name.hand);
        Line& line = ink.lines[name.line];
        const bool was_there = line.there();
        if (entry.draws) {
            line.undone = !in_effect;
        } else {
            line.erased = in_effect; // no line is in two entries that remove
        }
        if (line.there() != was_there) {
            const auto numbers = std::span(ink.numbers).subspan(line.first, line.count);
            changed_.insert(changed_.end(), numbers.begin(), numbers.end());
        }
    }
}

std::optional<InkHistory::LineName> InkHistory::find(const Uuid& stroke_id) const {
    for (const Hand hand : both_hands) {
        const HandInk& ink = of(hand);
        const auto id = std::ranges::lower_bound(ink.ids, stroke_id);
        if (id == ink.ids.end() || *id != stroke_id) {
            continue;
        }
        const auto place = static_cast<std::size_t>(id - ink.ids.begin());
        const auto after = std::ranges::upper_bound(ink.lines, place, {}, &Line::first);
        return LineName{.hand = hand,
                        .line = static_cast<std::size_t>(after - ink.lines.begin()) - 1};
    }
    return std::nullopt;
}

std::uint32_t InkHistory::add_entry(bool draws, Hands hands, std::vector<LineName> lines) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(entries_.size()));
        entries_.emplace_back();
    }
    const std::uint32_t entry = free_.back();
    free_.pop_back();
    entries_[entry] = {.draws = draws, .hands = hands, .moment = {}, .lines = std::move(lines)};
    return entry;
}

void InkHistory::forget_undone(Hands hands) {
    while (const auto entry = newest(&HandInk::undone, hands)) {
        take(*entry, &HandInk::undone);
        entries_[*entry].lines = {};
        free_.push_back(*entry);
    }
}

std::optional<std::uint32_t> InkHistory::newest(Entries list, Hands hands) const {
    std::optional<std::uint32_t> newest;
    for (const Hand hand : both_hands) {
        const auto& entries = of(hand).*list;
        if (contains(hands, hand) && !entries.empty() &&
            (!newest || entries_[entries.back()].moment > entries_[*newest].moment)) {
            newest = entries.back();
        }
    }
    return newest;
}

void InkHistory::put(std::uint32_t entry, Entries list, const Moment& moment) {
    entries_[entry].moment = moment;
    for (const Hand hand : both_hands) {
        if (contains(entries_[entry].hands, hand)) {
            (of(hand).*list).push_back(entry);
        }
    }
}

/// As a rule it is the last; one of both hands may have others above it in one of them.
void InkHistory::take(std::uint32_t entry, Entries list) {
    for (const Hand hand : both_hands) {
        auto& entries = of(hand).*list;
        if (contains(entries_[entry].hands, hand)) {
            const auto found = std::find(entries.rbegin(), entries.rend(), entry);
            assert(found != entries.rend());
            entries.erase(std::next(found).base());
        }
    }
}

} // namespace haven
