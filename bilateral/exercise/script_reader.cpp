#include "bilateral/exercise/script.hpp"
#include "bilateral/exercise/script_rules.hpp"
#include "bilateral/hand_sample.hpp"
#include "bilateral/symmetry.hpp"

#include <glm/vec2.hpp>
#include <glm/vec3.hpp>
#include <yyjson.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <initializer_list>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::exercise {

namespace {

constexpr std::size_t id_length_max = 50;
constexpr std::size_t prompt_length_max = 100;

using Fault = std::optional<ScriptError>;

/// One object. The first fault of all stays; after one, members read are harmless.
class Object {
  public:
    Object(yyjson_val* value, std::string pointer, Fault& fault)
        : value_(value), pointer_(std::move(pointer)), fault_(&fault) {
        if (value_ != nullptr && !yyjson_is_obj(value_)) {
            note(fault, pointer_, "must be an object");
            value_ = nullptr;
        }
    }

    static void note(Fault& fault, std::string pointer, std::string detail) {
        if (!fault) {
            fault = ScriptError{.pointer = std::move(pointer), .detail = std::move(detail)};
        }
    }

    void fail(std::string_view name, std::string detail) {
        note(*fault_, below(name), std::move(detail));
    }

    [[nodiscard]] bool has(std::string_view name) const {
        return yyjson_obj_getn(value_, name.data(), name.size()) != nullptr;
    }

    /// snake_case; of prompts also with points.
    std::string id(std::string_view name, bool prompt = false) {
        const std::string text = string(name);
        const std::size_t most = prompt ? prompt_length_max : id_length_max;
        const bool good = !text.empty() && text.size() <= most && text[0] >= 'a' &&
                          text[0] <= 'z' && std::ranges::all_of(text, [&](char c) {
                              return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
                                     (prompt && c == '.');
                          });
        if (value_ != nullptr && !good) {
            fail(name, std::format("must be 1 to {} small letters, digits and _{}", most,
                                   prompt ? " and points" : ""));
        }
        return text;
    }

    double number(std::string_view name, double least, double most,
                  std::optional<double> otherwise = std::nullopt) {
        yyjson_val* const value = member(name, !otherwise);
        if (value == nullptr) {
            return otherwise.value_or(least);
        }
        const double read = yyjson_get_num(value);
        if (!yyjson_is_num(value) || !(read >= least && read <= most)) {
            fail(name, std::format("must be a number from {} to {}", least, most));
            return least;
        }
        return read;
    }

    std::int64_t ms(std::string_view name, double least_s, double most_s,
                    std::optional<double> otherwise = std::nullopt) {
        return std::llround(number(name, least_s, most_s, otherwise) * 1000.0);
    }

    bool flag(std::string_view name, bool otherwise) {
        yyjson_val* const value = member(name, false);
        if (value == nullptr) {
            return otherwise;
        }
        if (!yyjson_is_bool(value)) {
            fail(name, "must be true or false");
        }
        return yyjson_get_bool(value);
    }

    /// Its place among `names`, of which the first is what it is if it may be left out.
    std::size_t choice(std::string_view name, std::initializer_list<std::string_view> names,
                       bool required = true) {
        if (!required && !has(name)) {
            return 0;
        }
        const std::string text = string(name);
        const auto* const found = std::ranges::find(names, text);
        if (found != names.end()) {
            return static_cast<std::size_t>(found - names.begin());
        }
        std::string known;
        for (const std::string_view one : names) {
            known += (known.empty() ? "" : ", ") + std::string(one);
        }
        fail(name, "must be one of: " + known);
        return 0;
    }

    std::vector<float> numbers(std::string_view name, std::size_t count, double least,
                               double most) {
        std::vector<float> result(count, static_cast<float>(least));
        yyjson_val* const value = member(name, true);
        if (value == nullptr) {
            return result;
        }
        if (!yyjson_is_arr(value) || yyjson_arr_size(value) != count) {
            fail(name, std::format("must be an array of {} numbers", count));
            return result;
        }
        for (std::size_t i = 0; i < count; ++i) {
            yyjson_val* const one = yyjson_arr_get(value, i);
            const double read = yyjson_get_num(one);
            if (!yyjson_is_num(one) || !(read >= least && read <= most)) {
                note(*fault_, below(name) + '/' + std::to_string(i),
                     std::format("must be a number from {} to {}", least, most));
                return result;
            }
            result[i] = static_cast<float>(read);
        }
        return result;
    }

    Object object(std::string_view name) { return {member(name, true), below(name), *fault_}; }

    std::vector<Object> objects(std::string_view name, std::size_t least, std::size_t most) {
        std::vector<Object> result;
        yyjson_val* const value = member(name, least > 0);
        if (value == nullptr) {
            return result;
        }
        const std::size_t count = yyjson_arr_size(value);
        if (!yyjson_is_arr(value) || count < least || count > most) {
            fail(name, std::format("must be an array of {} to {} objects", least, most));
            return result;
        }
        for (std::size_t i = 0; i < count; ++i) {
            result.emplace_back(yyjson_arr_get(value, i), below(name) + '/' + std::to_string(i),
                                *fault_);
        }
        return result;
    }

    /// Every member has been asked for.
    void finish() {
        std::vector<std::string_view> seen;
        yyjson_obj_iter members = yyjson_obj_iter_with(value_);
        while (yyjson_val* const key = yyjson_obj_iter_next(&members)) {
            const std::string_view name(yyjson_get_str(key), yyjson_get_len(key));
            if (std::ranges::contains(seen, name)) {
                return fail(name, "appears twice");
            }
            if (!std::ranges::contains(asked_, name)) {
                return fail(name, "is not known here");
            }
            seen.push_back(name);
        }
    }

    [[nodiscard]] const std::string& pointer() const { return pointer_; }

  private:
    std::string below(std::string_view name) const {
        std::string result = pointer_ + '/';
        for (const char c : name) { // RFC 6901, section 3
            result += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
        }
        return result;
    }

    yyjson_val* member(std::string_view name, bool required) {
        asked_.emplace_back(name);
        yyjson_val* const value = yyjson_obj_getn(value_, name.data(), name.size());
        if (value == nullptr && required && value_ != nullptr) {
            fail(name, "is missing");
        }
        return value;
    }

    std::string string(std::string_view name) {
        yyjson_val* const value = member(name, true);
        if (value != nullptr && !yyjson_is_str(value)) {
            fail(name, "must be a string");
        }
        const char* const text = yyjson_get_str(value);
        return text == nullptr ? "" : std::string(text, yyjson_get_len(value));
    }

    yyjson_val* value_;
    std::string pointer_;
    Fault* fault_;
    std::vector<std::string> asked_;
};

constexpr double phase_s_max = 900.0;

Prompt read_prompt(Object& object) {
    Prompt prompt{
        .id = object.id("prompt", true),
        .at_ms = object.ms("at_s", 0.0, phase_s_max, 0.0),
        .whom = static_cast<PromptFor>(object.choice("hands", {"any", "both", "one"}, false))};
    object.finish();
    return prompt;
}

Target read_target(Object& object) {
    Target target;
    target.hand = static_cast<Hand>(object.choice("hand", {"left", "right"}));
    target.shape = static_cast<Shape>(object.choice("shape", {"circle", "lemniscate"}));
    const auto centre = object.numbers("centre_m", 3, -1.0, 1.0);
    target.centre_m = {centre[0], centre[1], centre[2]};
    const auto size = object.numbers("size_m", 2, 0.0, 0.8);
    target.size_m = {size[0], size[1]};
    target.pace_hz =
        static_cast<float>(object.number("pace_hz", 0.02, double{ScriptLimits::pace_hz_max}));
    target.start_turn = static_cast<float>(object.number("start_turn", 0.0, 1.0, 0.0));
    target.clockwise = object.flag("clockwise", false);
    target.mirrored = object.flag("mirrored", false);
    object.finish();
    return target;
}

void read_moment_and_length(Object& object, Phase& phase) {
    if (phase.kind == PhaseKind::rating) {
        phase.moment = static_cast<RatingMoment>(object.choice("moment", {"before", "after"}));
    }
    phase.most_ms = object.ms("most_s", 5.0, phase_s_max);
    if (phase.waits()) {
        phase.usual_ms = phase.most_ms;
        return;
    }
    phase.least_ms = object.ms("least_s", 0.0, phase_s_max, 0.0);
    phase.usual_ms = object.ms("usual_s", 5.0, phase_s_max);
    if (phase.least_ms > phase.usual_ms) {
        object.fail("least_s", "must be no more than usual_s");
    } else if (phase.usual_ms > phase.most_ms) {
        object.fail("usual_s", "must be no more than most_s");
    }
}

Phase read_phase(Object& object) {
    Phase phase;
    phase.id = object.id("id");
    phase.kind = static_cast<PhaseKind>(
        object.choice("kind", {"consent", "rating", "guided", "title", "closing"}));
    read_moment_and_length(object, phase);
    phase.skippable = phase.kind != PhaseKind::consent && object.flag("skippable", true);
    for (Object& prompt : object.objects("prompts", 1, ScriptLimits::prompts_max)) {
        phase.prompts.push_back(read_prompt(prompt));
    }
    phase.bell =
        static_cast<Bell>(object.choice("bell", {"none", "begin", "change", "end"}, false));
    phase.drawing =
        static_cast<DrawingMark>(object.choice("drawing", {"none", "begin", "end"}, false));
    if (phase.kind == PhaseKind::guided) {
        for (Object& target : object.objects("targets", 0, ScriptLimits::targets_max)) {
            phase.targets.push_back(read_target(target));
        }
        phase.ink = object.flag("ink", false);
        phase.symmetry = static_cast<SymmetryMode>(
            object.choice("symmetry", {"free", "mirror_copy", "parallel"}, false));
        if (object.has("brush_width_mm")) {
            phase.brush_width_m =
                static_cast<float>(object.number("brush_width_mm", 1.0, 50.0) / 1000.0);
        }
        if (object.has("offer")) {
            Object offer = object.object("offer");
            phase.offer = Offer{.prompt = offer.id("prompt", true),
                                .most_ms = offer.ms("most_s", 5.0, phase_s_max)};
            offer.finish();
        }
    }
    object.finish();
    return phase;
}

Script read(Object& top) {
    Script script;
    if (top.number("format", 1.0, std::numeric_limits<std::int32_t>::max()) != 1.0) {
        top.fail("format", "must be 1: another one needs another reader");
    }
    script.id = top.id("id");
    script.version = static_cast<int>(top.number("version", 1.0, 1'000'000.0));
    script.technique = top.id("technique");
    script.opening_prompt = top.id("opening_prompt", true);
    script.grounding_close = top.id("grounding_close", true);
    Object rest = top.object("break");
    script.break_prompt = rest.id("prompt", true);
    script.break_after_ms = rest.ms("after_s", 300.0, 1200.0); // 20 minutes, never later
    rest.finish();
    script.extend_ms = top.ms("extend_s", 5.0, 300.0);
    script.turn_ms = top.ms("turn_s", 5.0, 120.0);
    for (Object& phase : top.objects("phases", 2, ScriptLimits::phases_max)) {
        script.phases.push_back(read_phase(phase));
    }
    top.finish();
    return script;
}

} // namespace

std::size_t Script::closing() const {
    const auto found = std::ranges::find(phases, PhaseKind::closing, &Phase::kind);
    return static_cast<std::size_t>(found - phases.begin());
}

std::expected<Script, ScriptError> read_script(std::string_view json) {
    if (json.size() > ScriptLimits::bytes_max) {
        return std::unexpected(
            ScriptError{.detail = std::format("is longer than {} bytes", ScriptLimits::bytes_max)});
    }
    yyjson_read_err error{};
    // Read without YYJSON_READ_INSITU the text is not changed.
    const std::unique_ptr<yyjson_doc, decltype(&yyjson_doc_free)> document(
        yyjson_read_opts(const_cast<char*>(json.data()), json.size(), YYJSON_READ_NOFLAG, nullptr,
                         &error),
        &yyjson_doc_free);
    if (document == nullptr) {
        const auto lines = std::ranges::count(json.substr(0, error.pos), '\n');
        return std::unexpected(
            ScriptError{.line = static_cast<std::size_t>(lines) + 1,
                        .detail = error.msg == nullptr ? "is no JSON" : error.msg});
    }
    Fault fault;
    Object top(yyjson_doc_get_root(document.get()), "", fault);
    Script script = read(top);
    if (!fault) {
        fault = broken_rule(script);
    }
    if (fault) {
        return std::unexpected(std::move(*fault));
    }
    return script;
}

} // namespace haven::exercise
