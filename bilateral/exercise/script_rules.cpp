#include "bilateral/exercise/script_rules.hpp"

#include "bilateral/exercise/script.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::exercise {

namespace {

using Broken = std::optional<ScriptError>;

Broken broken(std::size_t phase, std::string_view member, std::string detail) {
    return ScriptError{.pointer =
                           std::format("/phases/{}{}{}", phase, member.empty() ? "" : "/", member),
                       .detail = std::move(detail)};
}

Broken check_prompts(const Phase& phase, std::size_t place) {
    bool both = false;
    bool one = false;
    std::int64_t last_ms = 0;
    for (std::size_t i = 0; i < phase.prompts.size(); ++i) {
        const Prompt& prompt = phase.prompts[i];
        if (prompt.at_ms < last_ms || prompt.at_ms > phase.most_ms) {
            return broken(place, std::format("prompts/{}/at_s", i),
                          "must be no earlier than the one before, and within the phase");
        }
        last_ms = prompt.at_ms;
        both = both || (prompt.at_ms == 0 && prompt.whom != PromptFor::one);
        one = one || (prompt.at_ms == 0 && prompt.whom != PromptFor::both);
    }
    return both && one ? Broken{}
                       : broken(place, "prompts", "must begin at 0 s, for one hand and for both");
}

Broken check_targets(const Phase& phase, std::size_t place) {
    for (std::size_t i = 0; i < phase.targets.size(); ++i) {
        const float far_m =
            std::max(reach_m(phase.targets[i]), reach_m(mirrored(phase.targets[i])));
        if (far_m > ScriptLimits::reach_m_max) {
            return broken(place, std::format("targets/{}", i),
                          std::format("leads {:.2f} m from the shoulder: {:.1f} m is the most",
                                      far_m, ScriptLimits::reach_m_max));
        }
    }
    return {};
}

/// What begins and ends, in the order of the phases.
class Order {
  public:
    Broken add(const Phase& phase, std::size_t place) {
        if ((place == 0) != (phase.kind == PhaseKind::consent)) {
            return broken(place, "kind", "consent is the first phase, and only that");
        }
        if (closed_ && (phase.kind != PhaseKind::rating || phase.moment != RatingMoment::after)) {
            return broken(place, "kind", "after the closing comes only the rating after");
        }
        closed_ = closed_ || phase.kind == PhaseKind::closing;
        if (phase.kind == PhaseKind::rating) {
            if (auto fault = add_rating(phase, place)) {
                return fault;
            }
        }
        return add_drawing(phase, place);
    }

    [[nodiscard]] bool closed() const { return closed_; }
    [[nodiscard]] bool drawing() const { return began_ && !ended_; }

  private:
    Broken add_rating(const Phase& phase, std::size_t place) {
        const bool after = phase.moment == RatingMoment::after;
        bool& seen = rated_.at(after ? 1 : 0);
        if (seen) {
            return broken(place, "moment", "there is one such rating already");
        }
        if (after ? began_ && !ended_ : began_) {
            return broken(place, "moment", "before is before the drawing, after is after it");
        }
        seen = true;
        return {};
    }

    Broken add_drawing(const Phase& phase, std::size_t place) {
        if (phase.drawing == DrawingMark::begin && (began_ || phase.kind != PhaseKind::guided)) {
            return broken(place, "drawing", "begins once, in a guided phase");
        }
        if (phase.drawing == DrawingMark::end && (!began_ || ended_)) {
            return broken(place, "drawing", "ends once, after it has begun");
        }
        if (phase.drawing != DrawingMark::none && phase.offer) {
            return broken(place, "offer", "a drawing neither begins nor ends in an optional phase");
        }
        began_ = began_ || phase.drawing == DrawingMark::begin;
        ended_ = ended_ || phase.drawing == DrawingMark::end;
        if (phase.ink && (!began_ || ended_)) {
            return broken(place, "ink", "is for phases of the drawing alone");
        }
        return {};
    }

    bool closed_ = false;
    bool began_ = false;
    bool ended_ = false;
    std::array<bool, 2> rated_{};
};

} // namespace

std::optional<ScriptError> broken_rule(const Script& script) {
    Order order;
    std::vector<std::string> ids;
    std::int64_t length_ms = 0;
    for (std::size_t place = 0; place < script.phases.size(); ++place) {
        const Phase& phase = script.phases[place];
        if (std::ranges::contains(ids, phase.id)) {
            return broken(place, "id", "another phase has it");
        }
        ids.push_back(phase.id);
        for (const auto check : {check_prompts, check_targets}) {
            if (auto fault = check(phase, place)) {
                return fault;
            }
        }
        if (auto fault = order.add(phase, place)) {
            return fault;
        }
        length_ms += phase.most_ms + (phase.offer ? phase.offer->most_ms : 0);
    }
    if (!order.closed()) {
        return ScriptError{.pointer = "/phases", .detail = "must have a closing"};
    }
    if (order.drawing()) {
        return ScriptError{.pointer = "/phases", .detail = "the drawing must end in one of them"};
    }
    if (length_ms > ScriptLimits::length_ms_max) {
        return ScriptError{.pointer = "/phases",
                           .detail =
                               std::format("may last {} s, longer than {} s", length_ms / 1000,
                                           ScriptLimits::length_ms_max / 1000)};
    }
    return {};
}

} // namespace haven::exercise
