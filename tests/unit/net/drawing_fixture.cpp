#include "drawing_fixture.hpp"

#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/stroke_json.hpp"
#include "net/api/codec.hpp"
#include "net/api/records.hpp"
#include "net/outbox/outbox.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::test {

Uuid numbered_id(std::uint8_t group, std::uint32_t number) {
    Uuid id = *parse_uuid("0190163d-8694-739b-aea5-000000000000");
    id.bytes[10] = group;
    for (unsigned i = 0; i < 4; ++i) {
        id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    return id;
}

outbox::DrawingBegin numbered_drawing(std::uint32_t number) {
    constexpr api::TimeUs began_at = 1'795'363'592'000'000;
    outbox::DrawingBegin begin;
    begin.session_id = numbered_id(1, number);
    begin.session = api::Session{.environment_id = "cozy_cabin", .started_at = began_at};
    begin.exercise_id = numbered_id(2, number);
    begin.exercise = {.session_id = begin.session_id, .started_at = began_at};
    begin.vr_session_id = numbered_id(3, number);
    begin.vr_session = {.parent_session_id = begin.session_id,
                        .environment_id = "cozy_cabin",
                        .started_at = began_at};
    begin.drawing_id = numbered_id(4, number);
    begin.began_at = began_at;
    return begin;
}

Stroke numbered_stroke(std::uint32_t number) {
    constexpr int points = 30;
    constexpr std::int64_t interval_ns = 11'111'000;
    Stroke stroke;
    stroke.id = numbered_id(5, number);
    stroke.hand = number % 2 == 0 ? Hand::left : Hand::right;
    for (int i = 0; i < points; ++i) {
        const auto along = static_cast<float>(i) * 0.01F;
        stroke.points.push_back({.time_ns = std::int64_t{number} * 1'000'000'000 + i * interval_ns,
                                 .position_m = {along, 1.2F + along * along, -0.5F},
                                 .pressure = 0.5F});
    }
    return stroke;
}

outbox::DrawingEnd end_of(const outbox::DrawingBegin& begin) {
    return {.exercise = {.completed_at = begin.began_at + 60'000'000}, .duration_seconds = 60};
}

std::vector<std::byte> some_bytes(std::size_t count) {
    std::vector<std::byte> bytes(count);
    std::uint32_t state = 1;
    for (std::byte& value : bytes) {
        state = state * 1'664'525U + 1'013'904'223U;
        value = static_cast<std::byte>(state >> 24U);
    }
    return bytes;
}

outbox::Account numbered_account(std::uint32_t number) {
    return {.server_id = numbered_id(7, 1), .user_id = numbered_id(8, number)};
}

void log_in(outbox::Outbox& outbox, std::string_view token, std::uint32_t person) {
    if (!outbox.use_token(token) || !outbox.identify(numbered_account(person))) {
        throw std::runtime_error("the outbox takes no token");
    }
}

std::vector<outbox::Request> empty_out(outbox::Outbox& outbox) {
    std::vector<outbox::Request> requests;
    while (true) {
        auto due = outbox.next_due(std::numeric_limits<std::int64_t>::max());
        if (!due || !*due || !outbox.acknowledge((*due)->sequence)) {
            return requests;
        }
        requests.push_back(**std::move(due));
    }
}

std::optional<std::vector<Stroke>> strokes_of(const std::string& drawing_body) {
    const auto drawing = api::decode_bilateral_drawing_view(drawing_body);
    if (!drawing) {
        return std::nullopt;
    }
    auto left = decode_ink(drawing->left_hand_strokes_json, Hand::left);
    auto right = decode_ink(drawing->right_hand_strokes_json, Hand::right);
    if (!left || !right) {
        return std::nullopt;
    }
    std::vector<Stroke> strokes = std::move(left->strokes);
    std::ranges::move(right->strokes, std::back_inserter(strokes));
    return strokes;
}

} // namespace haven::test
