#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "bilateral/stroke_json_rules.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace haven {
namespace {

/// Takes a whole number in its one spelling; where it ends, or null where there is none.
const char* take_whole(const char* at, const char* end, std::int64_t& number) {
    const bool negative = at != end && *at == '-';
    at += negative ? 1 : 0;
    const char* const begin = at;
    constexpr std::ptrdiff_t digits_max = 10; // no limit has more
    std::int64_t value = 0;
    while (at != end && *at >= '0' && *at <= '9' && at - begin <= digits_max) {
        value = value * 10 + (*at++ - '0');
    }
    number = negative ? -value : value;
    const bool good = at != begin && (*begin != '0' || (at - begin == 1 && !negative));
    return good ? at : nullptr;
}

class WrittenInk {
  public:
    explicit WrittenInk(std::string_view json)
        : at_(json.data()), end_(json.data() + json.size()) {}

    std::optional<std::vector<Stroke>> read(Hand hand) {
        std::vector<Stroke> strokes;
        if (!eat(R"({"format":"haven.ink","hand":")") || !eat(to_string(hand)) ||
            !eat(R"(","strokes":[)") || (!eat("]") && !read(strokes, hand))) {
            return std::nullopt;
        }
        static_assert(ink_version == 2 && ink_version_all_there == 1);
        const bool all_there = std::ranges::none_of(
            strokes, [](const Stroke& stroke) { return stroke.removed_ms.has_value(); });
        const bool good = eat(all_there ? R"(,"version":1})" : R"(,"version":2})") && at_ == end_ &&
                          !ink::check_ids(strokes);
        return good ? std::optional(std::move(strokes)) : std::nullopt;
    }

  private:
    bool eat(std::string_view text) {
        const bool there = std::string_view(at_, end_).starts_with(text);
        at_ += there ? text.size() : 0;
        return there;
    }

    bool read(std::vector<Stroke>& strokes, Hand hand) {
        std::size_t points = 0;
        do {
            Stroke& stroke = strokes.emplace_back();
            stroke.hand = hand;
            if (strokes.size() > InkLimits::strokes_max || !read(stroke)) {
                return false;
            }
            points += stroke.points.size();
        } while (points <= InkLimits::points_max && eat(","));
        return points <= InkLimits::points_max && eat("]");
    }

    bool read(Stroke& stroke) {
        auto& colour = stroke.brush.colour_linear;
        if (!eat(R"({"colour":[)") || !share(colour.x) || !eat(",") || !share(colour.y) ||
            !eat(",") || !share(colour.z) || !eat("]")) {
            return false;
        }
        if (eat(R"(,"derived_from":")") && (!id(stroke.derived_from.emplace()) || !eat("\""))) {
            return false;
        }
        if (!eat(R"(,"end":")") || !end(stroke.end) || !eat(R"(","id":")") || !id(stroke.id) ||
            !eat(R"(","pressure":[)")) {
            return false;
        }
        const char* const close = std::find(at_, end_, ']');
        const auto points = static_cast<std::size_t>(std::count(at_, close, ',')) + 1;
        if (points > InkLimits::points_max) {
            return false;
        }
        stroke.points.resize(points);
        if (!column(4, stroke.points) || !removed(stroke.removed_ms) || !eat(R"(,"t_ms":[)") ||
            !column(0, stroke.points) || !eat(R"(,"width_um":)") || !width(stroke.brush) ||
            !eat(R"(,"x":[)") || !column(1, stroke.points) || !eat(R"(,"y":[)") ||
            !column(2, stroke.points) || !eat(R"(,"z":[)") || !column(3, stroke.points)) {
            return false;
        }
        return eat("}");
    }

    bool column(std::size_t which, std::vector<StrokePoint>& points) {
        const ink::Column& rule = ink::columns.at(which);
        const char* at = at_;
        std::int64_t last = 0;
        for (std::size_t i = 0; i < points.size(); ++i) {
            if (i > 0 && (at == end_ || *at++ != ',')) {
                return false;
            }
            std::int64_t number = 0;
            at = take_whole(at, end_, number);
            if (at == nullptr || number < rule.stands_low(i == 0) || number > rule.stands_high()) {
                return false;
            }
            last = rule.coding == ink::Coding::deltas ? last + number : number;
            if (last < rule.low || last > rule.high) {
                return false;
            }
            ink::put(points[i], which, last);
        }
        at_ = at;
        return eat("]");
    }

    bool removed(std::optional<std::int64_t>& removed_ms) {
        if (!eat(R"(,"removed_ms":)")) {
            return true;
        }
        at_ = take_whole(at_, end_, removed_ms.emplace());
        return at_ != nullptr && *removed_ms >= 0 && *removed_ms <= InkLimits::removed_ms_max;
    }

    bool width(Brush& brush) {
        std::int64_t width_um = 0;
        const char* const after = take_whole(at_, end_, width_um);
        if (after == nullptr || width_um < 1 || width_um > InkLimits::width_um_max) {
            return false;
        }
        at_ = after;
        brush.width_m = ink::width_of(width_um);
        return true;
    }

    /// 0, 0.25, 1
    bool share(float& share) {
        const char* const begin = at_;
        double value = 0.0;
        if (eat("0.")) {
            while (at_ != end_ && *at_ >= '0' && *at_ <= '9') {
                ++at_;
            }
            const auto read = std::from_chars(begin, at_, value);
            if (at_ - begin < 3 || at_ - begin > 8 || at_[-1] == '0' || read.ec != std::errc{}) {
                return false;
            }
        } else {
            value = eat("1") ? 1.0 : 0.0;
        }
        share = static_cast<float>(value);
        return at_ != begin || eat("0");
    }

    bool id(Uuid& id) {
        constexpr std::size_t length = 36;
        const auto read = parse_uuid(std::string_view(at_, end_).substr(0, length));
        if (read) {
            id = *read;
            at_ += length;
        }
        return read.has_value();
    }

    bool end(StrokeEnd& end) {
        for (const StrokeEnd one : {StrokeEnd::released, StrokeEnd::tracking_lost, StrokeEnd::jump,
                                    StrokeEnd::paused, StrokeEnd::drawing_ended}) {
            if (eat(to_string(one))) {
                end = one;
                return true;
            }
        }
        return false;
    }

    const char* at_;
    const char* end_;
};

} // namespace

std::optional<std::vector<Stroke>> read_written_ink(std::string_view json, Hand hand) {
    return json.size() <= InkLimits::bytes_max ? WrittenInk(json).read(hand) : std::nullopt;
}

} // namespace haven
