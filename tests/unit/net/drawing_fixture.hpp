#pragma once

#include "bilateral/stroke.hpp"
#include "net/outbox/outbox.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Drawings for tests, made from numbers: the same number gives the same ids and content.
namespace haven::test {

[[nodiscard]] Uuid numbered_id(std::uint8_t group, std::uint32_t number);

[[nodiscard]] outbox::DrawingBegin numbered_drawing(std::uint32_t number);

/// Even numbers are the left hand's.
[[nodiscard]] Stroke numbered_stroke(std::uint32_t number);

/// After a minute, completed.
[[nodiscard]] outbox::DrawingEnd end_of(const outbox::DrawingBegin& begin);

/// The bytes 0, 1, 2 ... of a linear congruential sequence.
[[nodiscard]] std::vector<std::byte> some_bytes(std::size_t count);

/// The n-th person of a server.
[[nodiscard]] outbox::Account numbered_account(std::uint32_t number);
/// The token in use from now on, and what a server says of it.
void log_in(outbox::Outbox& outbox, std::string_view token = "token", std::uint32_t person = 1);

/// Sends nothing: takes every request that is due and acknowledges it.
[[nodiscard]] std::vector<outbox::Request> empty_out(outbox::Outbox& outbox);

/// The strokes of a drawing's request, both hands', left first; nothing when the body is not one.
[[nodiscard]] std::optional<std::vector<Stroke>> strokes_of(const std::string& drawing_body);

} // namespace haven::test
