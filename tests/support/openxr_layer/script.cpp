#include "tests/support/openxr_layer/script.hpp"

#include "bilateral/pose.hpp"

#include <openxr/openxr_reflection.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace haven::test::layer {

namespace {

using Words = std::span<const std::string_view>;
using Parsed = std::expected<std::optional<Instruction>, std::string>;

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    while (true) {
        const std::size_t begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos || line[begin] == '#') {
            return words;
        }
        const std::size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
        words.push_back(line.substr(begin, end - begin));
        line.remove_prefix(end);
    }
}

template <typename Number>
std::optional<Number> number(std::string_view word) {
    Number value{};
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc{} && end == word.data() + word.size() ? std::optional(value)
                                                                    : std::nullopt;
}

template <typename Value, std::size_t Size>
std::optional<Value> named(const std::array<std::pair<std::string_view, Value>, Size>& names,
                           std::string_view word) {
    const auto* const found =
        std::ranges::find(names, word, &std::pair<std::string_view, Value>::first);
    return found == names.end() ? std::nullopt : std::optional(found->second);
}

constexpr std::array<std::pair<std::string_view, Tracking>, 9> tracking_names{
    {{"tracked", Tracking::runtime},
     {"runtime", Tracking::runtime},
     {"inferred", Tracking::inferred},
     {"orientation", Tracking::orientation_only},
     {"nonsense", Tracking::nonsense},
     {"lost", Tracking::lost},
     {"zero", Tracking::zero},
     {"still", Tracking::still},
     {"inactive", Tracking::inactive}}};
constexpr std::array<std::pair<std::string_view, XrReferenceSpaceType>, 4> space_names{
    {{"LOCAL", XR_REFERENCE_SPACE_TYPE_LOCAL},
     {"LOCAL_FLOOR", XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR},
     {"STAGE", XR_REFERENCE_SPACE_TYPE_STAGE},
     {"VIEW", XR_REFERENCE_SPACE_TYPE_VIEW}}};
constexpr std::array<std::pair<std::string_view, SpaceIs>, 3> space_states{
    {{"whole", SpaceIs::whole},
     {"unlocatable", SpaceIs::unlocatable},
     {"missing", SpaceIs::missing}}};
constexpr std::array<std::pair<std::string_view, std::array<bool, 2>>, 3> hand_names{
    {{"left", {true, false}}, {"right", {false, true}}, {"both", {true, true}}}};
constexpr std::array<std::pair<std::string_view, XrSessionState>, 7> state_names{
    {{"idle", XR_SESSION_STATE_IDLE},
     {"ready", XR_SESSION_STATE_READY},
     {"synchronized", XR_SESSION_STATE_SYNCHRONIZED},
     {"visible", XR_SESSION_STATE_VISIBLE},
     {"focused", XR_SESSION_STATE_FOCUSED},
     {"stopping", XR_SESSION_STATE_STOPPING},
     {"loss_pending", XR_SESSION_STATE_LOSS_PENDING}}};

std::optional<XrResult> result_named(std::string_view word) {
#define HAVEN_RESULT(name, value)                                                                  \
    if (word == #name) {                                                                           \
        return name;                                                                               \
    }
    XR_LIST_ENUM_XrResult(HAVEN_RESULT)
#undef HAVEN_RESULT
        return std::nullopt;
}

std::unexpected<std::string> wrong(std::string_view usage) {
    return std::unexpected(std::string(usage));
}

Parsed parse_space(Words words) {
    const auto type = words.size() == 2 ? named(space_names, words[0]) : std::nullopt;
    const auto is = words.size() == 2 ? named(space_states, words[1]) : std::nullopt;
    if (!type || !is) {
        return wrong("space LOCAL|LOCAL_FLOOR|STAGE whole|unlocatable|missing");
    }
    return SetSpace{.type = *type, .is = *is};
}

Parsed parse_head(Words words) {
    const auto tracking = words.size() == 1 ? named(tracking_names, words[0]) : std::nullopt;
    if (!tracking || *tracking > Tracking::lost) {
        return wrong("head tracked|inferred|orientation|nonsense|lost");
    }
    return SetHead{*tracking};
}

Parsed parse_hand(Device device, Words words) {
    const auto hands = words.size() == 2 ? named(hand_names, words[0]) : std::nullopt;
    const auto tracking = words.size() == 2 ? named(tracking_names, words[1]) : std::nullopt;
    if (!hands || !tracking || *tracking == Tracking::orientation_only) {
        return wrong("controller|fingers left|right|both "
                     "tracked|inferred|nonsense|lost|zero|still|inactive");
    }
    return SetHand{.hands = *hands, .device = device, .tracking = *tracking};
}

Parsed parse_profile(Words words) {
    const auto hands = words.size() == 2 ? named(hand_names, words[0]) : std::nullopt;
    if (!hands || (words[1] != "runtime" && !words[1].starts_with("/interaction_profiles/"))) {
        return wrong("profile left|right|both /interaction_profiles/...|runtime");
    }
    return SetProfile{.hands = *hands, .path = words[1] == "runtime" ? "" : std::string(words[1])};
}

Parsed parse_input(Words words) {
    const auto hands = words.size() == 3 ? named(hand_names, words[0]) : std::nullopt;
    const auto value = words.size() == 3 ? number<float>(words[2]) : std::nullopt;
    if (!hands || !words[1].starts_with("/input/") || (!value && words[2] != "runtime")) {
        return wrong("input left|right|both /input/... VALUE|runtime");
    }
    return SetInput{.hands = *hands, .path = std::string(words[1]), .value = value};
}

Parsed parse_fail(Words words) {
    const auto result = words.size() >= 2 ? result_named(words[1]) : std::nullopt;
    const auto times =
        words.size() == 4 && words[2] == "times" ? number<std::uint32_t>(words[3]) : std::nullopt;
    if (!result || (words.size() != 2 && !times)) {
        return wrong("fail xrCall XR_ERROR_... [times N]");
    }
    return Fail{.call = std::string(words[0]), .result = *result, .times = times.value_or(1)};
}

Parsed parse_display_time(Words words) {
    constexpr std::string_view usage =
        "display_time true | by SECONDS [frames N] | at NANOSECONDS [frames N]";
    if (words.size() == 1 && words[0] == "true") {
        return SetDisplayTime{};
    }
    SetDisplayTime set;
    if (words.size() == 4) {
        set.frames = words[2] == "frames" ? number<std::uint32_t>(words[3]) : std::nullopt;
    }
    if (words.size() != 2 && !set.frames) {
        return wrong(usage);
    }
    if (const auto seconds = number<double>(words[1]); words[0] == "by" && seconds) {
        set.kind = SetDisplayTime::Kind::by;
        set.ns = static_cast<std::int64_t>(*seconds * 1e9);
        return set;
    }
    if (const auto ns = number<std::int64_t>(words[1]); words[0] == "at" && ns) {
        set.kind = SetDisplayTime::Kind::at;
        set.ns = *ns;
        return set;
    }
    return wrong(usage);
}

Parsed parse_display_period(Words words) {
    if (words.size() == 1 && words[0] == "true") {
        return SetDisplayPeriod{};
    }
    const auto ns =
        words.size() == 2 && words[0] == "at" ? number<std::int64_t>(words[1]) : std::nullopt;
    if (!ns) {
        return wrong("display_period true | at NANOSECONDS");
    }
    return SetDisplayPeriod{*ns};
}

/// X Y Z YAW_DEG [unsaid] [silent] [in MS]
Parsed parse_redefine(std::vector<XrReferenceSpaceType> types, Words words) {
    constexpr std::string_view usage = "recenter | redefine SPACE, then "
                                       "X Y Z YAW_DEGREES [unsaid] [silent] [in MILLISECONDS]";
    std::array<float, 4> values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto value = i < words.size() ? number<float>(words[i]) : std::nullopt;
        if (!value) {
            return wrong(usage);
        }
        values.at(i) = *value;
    }
    Redefine redefine{.types = std::move(types)};
    redefine.previous_from_new = {.position_m = {values[0], values[1], values[2]},
                                  .orientation =
                                      glm::angleAxis(values[3] * std::numbers::pi_v<float> / 180.0F,
                                                     glm::vec3(0.0F, 1.0F, 0.0F))};
    for (Words rest = words.subspan(4); !rest.empty();) {
        const auto ms =
            rest.size() >= 2 && rest[0] == "in" ? number<std::int64_t>(rest[1]) : std::nullopt;
        if (ms) {
            redefine.in_ns = *ms * 1'000'000;
        } else if (rest[0] == "unsaid") {
            redefine.said = false;
        } else if (rest[0] == "silent") {
            redefine.announced = false;
        } else {
            return wrong(usage);
        }
        rest = rest.subspan(ms ? 2 : 1);
    }
    return redefine;
}

Parsed parse_state(Words words) {
    const auto state = words.size() == 1 ? named(state_names, words[0]) : std::nullopt;
    if (!state) {
        return wrong("state idle|ready|synchronized|visible|focused|stopping|loss_pending");
    }
    return SetState{*state};
}

Parsed parse_gaze(Words words) {
    if (words.size() == 1 && words[0] == "off") {
        return SetGaze{};
    }
    const auto yaw = words.size() == 2 ? number<float>(words[0]) : std::nullopt;
    const auto pitch = words.size() == 2 ? number<float>(words[1]) : std::nullopt;
    if (!yaw || !pitch) {
        return wrong("gaze off | YAW_DEGREES PITCH_DEGREES");
    }
    constexpr float degree = std::numbers::pi_v<float> / 180.0F;
    return SetGaze{
        Pose{.orientation = glm::angleAxis(*yaw * degree, glm::vec3(0.0F, 1.0F, 0.0F)) *
                            glm::angleAxis(*pitch * degree, glm::vec3(1.0F, 0.0F, 0.0F))}};
}

Parsed parse_await(Words words) {
    if (words.size() == 1 && words[0] == "focused") {
        return Await{.what = Await::What::focused};
    }
    const auto frames =
        words.size() == 2 && words[0] == "frames" ? number<std::uint64_t>(words[1]) : std::nullopt;
    if (!frames) {
        return wrong("await focused | frames N");
    }
    return Await{.what = Await::What::frames, .frames = *frames};
}

Parsed parse_presence(Words words) {
    if (words.size() != 1 || (words[0] != "on" && words[0] != "off")) {
        return wrong("presence on|off");
    }
    return SetPresence{words[0] == "on"};
}

Parsed parse_words(std::string_view verb, Words rest) {
    using enum Device;
    if (verb == "space") {
        return parse_space(rest);
    }
    if (verb == "head") {
        return parse_head(rest);
    }
    if (verb == "controller" || verb == "fingers") {
        return parse_hand(verb == "fingers" ? fingers : controller, rest);
    }
    if (verb == "profile") {
        return parse_profile(rest);
    }
    if (verb == "input") {
        return parse_input(rest);
    }
    if (verb == "fail") {
        return parse_fail(rest);
    }
    if (verb == "display_time") {
        return parse_display_time(rest);
    }
    if (verb == "display_period") {
        return parse_display_period(rest);
    }
    if (verb == "recenter") {
        return parse_redefine({XR_REFERENCE_SPACE_TYPE_LOCAL, XR_REFERENCE_SPACE_TYPE_LOCAL_FLOOR},
                              rest);
    }
    if (const auto type = !rest.empty() ? named(space_names, rest[0]) : std::nullopt;
        verb == "redefine" && type) {
        return parse_redefine({*type}, rest.subspan(1));
    }
    if (verb == "state") {
        return parse_state(rest);
    }
    if (verb == "instance_loss_pending" && rest.empty()) {
        return InstanceLossPending{};
    }
    if (verb == "lose_session" && rest.empty()) {
        return LoseSession{};
    }
    if (verb == "gaze") {
        return parse_gaze(rest);
    }
    if (verb == "presence") {
        return parse_presence(rest);
    }
    return verb == "await" ? parse_await(rest) : wrong("an instruction of FORMAT-openxr-script.md");
}

} // namespace

std::expected<std::optional<Instruction>, std::string> parse_line(std::string_view line) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.empty()) {
        return std::nullopt;
    }
    auto parsed = parse_words(words[0], Words(words).subspan(1));
    if (!parsed) {
        return std::unexpected(std::format("\"{}\" is none of: {}", line, parsed.error()));
    }
    return parsed;
}

} // namespace haven::test::layer
